"""Bridges of mode patch, as `tc` sees them and as frames pass them."""

from __future__ import annotations

import json
import select
from collections.abc import Callable

import pytest

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up, joined, steps
from tests.kernel.lab import Lab
from tests.kernel.raw_frames import GROUPS, arrives, frame
from tests.kernel.test_tunnels import join

pytestmark = pytest.mark.root


def lan(*names: str, mode: str = "patch", more: str = "") -> str:
    """The nodes, each with addresses of both families, on one bridge of the mode."""
    hosts = "".join(
        f"    {name}: {{links: [{{bridge: p, ip: [10.0.0.{ord(name) - 96}/24, "
        f"'fd00::{ord(name) - 96}/64']{more}}}]}}\n"
        for name in names
    )
    return f"services: {{}}\nx-conlink:\n  bridges: {{p: {{mode: {mode}}}}}\n  hosts:\n{hosts}"


def targets(lab: Lab) -> dict[str, str]:
    """Where each outer end leads, by the filter of our number."""
    found = {}
    for link in lab.ip(HUB, "link show type veth"):
        done = lab.run(HUB, "tc", "-j", "filter", "show", "dev", link["ifname"], "ingress")
        for one in json.loads(done.stdout or "[]"):
            for action in one.get("options", {}).get("actions", ()):
                assert one["pref"] == 193
                assert (action["mirred_action"], action["direction"]) == ("redirect", "egress")
                found[link["ifname"]] = action["to_dev"]
    return found


def test_two_nodes_and_no_bridge_between_them(lab: Lab) -> None:
    wanted = lan("a", "b")
    done = bring_up(lab, wanted)
    assert "add     redirect (hub):a-eth0 -> b-eth0   # is declared, compose.yaml:3:" in done
    assert targets(lab) == {"a-eth0": "b-eth0", "b-eth0": "a-eth0"}
    assert lab.link(HUB, "p") is None
    assert lab.pings("a", "10.0.0.2")
    assert lab.pings("b", "fd00::1")
    assert joined(lab, wanted) == {"a": "patch p", "b": "patch p"}
    assert steps(lab, wanted) == ""


@pytest.mark.parametrize("group", GROUPS)
def test_frames_pass_that_a_bridge_keeps_to_itself(lab: Lab, group: str) -> None:
    bring_up(lab, lan("a", "b"))
    assert arrives(lab, frame(GROUPS[group], b"hello"))
    assert arrives(lab, frame(GROUPS[group], b"hello"), "b", "a")


def test_the_shortest_and_the_longest_frames_pass(lab: Lab) -> None:
    bring_up(lab, lan("a", "b", more=", mtu: 9000"))
    assert arrives(lab, frame("02:00:00:00:77:77"))
    assert arrives(lab, frame("02:00:00:00:77:77", bytes(9000)))
    tagged = frame("02:00:00:00:77:77", b"\0\x0a\x88\xb5" + bytes(9000), b"\x81\0")
    assert arrives(lab, tagged), "with a VLAN tag as well"


def test_an_mtu_said_at_one_end_holds_for_both_as_on_a_wire(lab: Lab) -> None:
    """A frame that is larger than the MTU of the end it comes out of is dropped."""
    wanted = lan("a", "b").replace("::1/64']", "::1/64'], mtu: 9000")
    bring_up(lab, wanted)
    for node, address in (("a", "10.0.0.2"), ("b", "10.0.0.1")):
        done = lab.run(node, "ping", "-c1", "-W2", "-M", "do", "-s", "8972", address)
        assert done.returncode == 0, done.stdout
    assert steps(lab, wanted) == ""
    done = bring_up(lab, lan("a", "b"))
    assert "change  veth b:eth0   # mtu 9000 -> 1500" in done


def test_a_bridge_keeps_to_itself_what_a_patch_lets_pass(lab: Lab) -> None:
    bring_up(lab, lan("a", "b", mode="linux"))
    assert not arrives(lab, frame(GROUPS["LLDP"], b"hello"))


def test_a_mode_is_changed_and_nothing_else_blinks(lab: Lab) -> None:
    bring_up(lab, lan("a", "b"))
    before = lab.link("a", "eth0"), lab.link(HUB, "a-eth0")
    done = bring_up(lab, lan("a", "b", mode="linux"))
    assert "remove  redirect (hub):a-eth0 -> b-eth0" in done
    assert "add     bridge (hub):p" in done
    assert targets(lab) == {}
    assert lab.pings("a", "10.0.0.2")
    assert "qdisc clsact" not in lab.run(HUB, "tc", "qdisc").stdout
    done = bring_up(lab, lan("a", "b"))
    assert "remove  bridge (hub):p" in done
    assert lab.link(HUB, "p") is None
    assert arrives(lab, frame(GROUPS["LLDP"]))
    after = lab.link("a", "eth0"), lab.link(HUB, "a-eth0")
    for one, other in zip(before, after, strict=True):
        assert one
        assert other
        assert one["ifindex"] == other["ifindex"]


def test_what_is_taken_away_by_hand_is_put_back_and_wakes(lab: Lab) -> None:
    wanted = lan("a", "b")
    bring_up(lab, wanted)
    for harm in (
        "tc filter del dev a-eth0 ingress",
        "tc qdisc del dev b-eth0 clsact",
        "tc filter replace dev a-eth0 ingress pref 193 protocol all handle 800::800 u32 "
        "match u32 0 0 action mirred egress redirect dev a-eth0",
        "ip link del b-eth0",
    ):
        lab.kernel.drain()
        done = lab.run(HUB, *harm.split())
        assert done.returncode == 0, done.stderr
        assert select.select([lab.kernel], [], [], 5)[0], harm
        assert steps(lab, wanted) != "", harm
        bring_up(lab, wanted)
        assert targets(lab) == {"a-eth0": "b-eth0", "b-eth0": "a-eth0"}, harm
        assert lab.pings("a", "10.0.0.2"), harm


def test_what_others_filter_there_stays(lab: Lab) -> None:
    wanted = lan("a", "b")
    bring_up(lab, wanted)
    theirs = "filter add dev a-eth0 ingress pref 300 protocol all u32 match u32 0 0"
    assert lab.run(HUB, "tc", *theirs.split()).returncode == 0
    assert steps(lab, wanted) == ""
    bring_up(lab, lan("a", "b", mode="linux"))
    assert targets(lab) == {}
    assert "pref 300" in lab.run(HUB, "tc", "filter", "show", "dev", "a-eth0", "ingress").stdout
    bring_up(lab, wanted)
    assert targets(lab) == {"a-eth0": "b-eth0", "b-eth0": "a-eth0"}


def test_a_node_that_starts_again_is_patched_again(lab: Lab) -> None:
    wanted = lan("a", "b")
    bring_up(lab, wanted)
    lab.restart("b")
    bring_up(lab, wanted)
    assert lab.pings("a", "10.0.0.2")


def test_one_end_alone_leads_nowhere(lab_of: Callable[..., Lab]) -> None:
    lab = lab_of("a", "b")
    bring_up(lab, lan("a", "b"))
    alone = lan("a", "c")  # c does not run
    bring_up(lab, alone)
    assert targets(lab) == {}
    assert steps(lab, alone) == ""


def test_a_patch_leads_into_a_tunnel(lab_of: Callable[..., Lab]) -> None:
    left, right = lab_of("a"), lab_of("b")
    join(left, right)
    for number, lab, node in ((2, left, "a"), (1, right, "b")):
        tunnel = f"  tunnels: [{{type: vxlan, bridge: p, remote: 192.0.2.{number}, vni: 7}}]\n"
        bring_up(lab, lan(node).replace("  hosts:\n", f"{tunnel}  hosts:\n"))
    assert left.pings("a", "10.0.0.2")
    both = Lab.__new__(Lab)
    both.fds = {"a": left.fds["a"], "b": right.fds["b"]}
    assert arrives(both, frame(GROUPS["spanning tree"], b"hello"))
