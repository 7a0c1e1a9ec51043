"""VLANs of a bridge's ports: the scenarios of the kernel's own forwarding selftests
(bridge_vlan_aware.sh, bridge_vlan_unaware.sh), and what `bridge vlan` shows."""

from __future__ import annotations

import json
import select
from collections.abc import Iterator

import pytest

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up, joined, steps
from tests.kernel.flooding import reached
from tests.kernel.lab import Lab
from tests.kernel.raw_frames import OURS, frame


@pytest.fixture
def three() -> Iterator[Lab]:
    made = Lab("a", "b", "c")
    yield made
    made.close()


def lan(a: str = "", b: str = "", c: str = "", bridge: str = "{}") -> str:
    """Nodes a, b and c on one bridge, and what more is said of each link."""
    hosts = "".join(
        f"    {name}: {{links: [{{bridge: lan, ip: [10.0.0.{number}/24, 'fd00::{number}/64']"
        f"{', ' if more else ''}{more}}}]}}\n"
        for number, (name, more) in enumerate({"a": a, "b": b, "c": c}.items(), 1)
    )
    return f"services: {{}}\nx-conlink:\n  bridges: {{lan: {bridge}}}\n  hosts:\n{hosts}"


def vlans(lab: Lab) -> dict[str, str]:
    """By port, as `bridge vlan` has them: `10 PVID Egress Untagged`."""
    done = lab.run(HUB, "bridge", "-j", "vlan", "show")
    return {
        one["ifname"]: ", ".join(
            " ".join([str(vlan["vlan"]), *vlan.get("flags", ())]) for vlan in one["vlans"]
        )
        for one in json.loads(done.stdout or "[]")
        if one["ifname"] != "lan"
    }


ACCESS = "{} PVID Egress Untagged"


def test_access_ports_of_one_vlan_reach_each_other_alone(three: Lab) -> None:
    wanted = lan("vlan: 10", "vlan: 10", "vlan: {access: 20}")
    done = bring_up(three, wanted)
    assert "add     vlan 10 on port (hub):a-eth0   # is declared, compose.yaml:5:" in done
    assert vlans(three) == {
        "a-eth0": ACCESS.format(10),
        "b-eth0": ACCESS.format(10),
        "c-eth0": ACCESS.format(20),
    }
    assert three.pings("a", "10.0.0.2")
    assert three.pings("a", "fd00::2")
    assert not three.pings("a", "10.0.0.3")
    assert not three.pings("c", "fd00::1")
    assert joined(three, wanted)["c"] == "bridge lan vlan 20"
    assert steps(three, wanted) == ""


def test_a_port_moves_to_another_vlan_in_place(three: Lab) -> None:
    bring_up(three, lan("vlan: 10", "vlan: 10", "vlan: 20"))
    before = three.link("a", "eth0")
    done = bring_up(three, lan("vlan: 10", "vlan: 20", "vlan: 20"))
    assert done.startswith("change  vlan 20 on port (hub):b-eth0   # vlan 10 -> vlan 20, ")
    assert done.count("\n") == 1
    assert not three.pings("a", "10.0.0.2")
    assert three.pings("c", "10.0.0.2")
    assert three.link("a", "eth0") == before


def test_a_trunk_carries_tags_and_its_native_vlan_none(three: Lab) -> None:
    wanted = lan("vlan: {trunk: [10, 20], native: 30}", "vlan: 10", "vlan: 30")
    bring_up(three, wanted)
    assert vlans(three)["a-eth0"] == "10, 20, 30 PVID Egress Untagged"
    three.change("a", "link add link eth0 name eth0.10 type vlan id 10")
    three.change("a", "link set eth0.10 up")
    three.change("a", "addr add 10.0.10.1/24 dev eth0.10")
    three.change("b", "addr add 10.0.10.2/24 dev eth0")
    assert three.pings("a", "10.0.10.2"), "tagged 10"
    assert three.pings("a", "10.0.0.3"), "untagged, so 30"
    assert not three.pings("a", "10.0.0.2")
    assert joined(three, wanted)["a"] == "bridge lan trunk 10,20 native 30"


def test_a_trunk_without_a_native_vlan_drops_what_is_untagged(three: Lab) -> None:
    bring_up(three, lan("vlan: {trunk: [10, 11, 12, 14]}", "vlan: 10"))
    assert vlans(three)["a-eth0"] == "10, 11, 12, 14"
    assert not three.pings("a", "10.0.0.2")
    assert not three.pings("a", "10.0.0.3")


def test_a_port_without_a_vlan_is_on_the_kernels_first(three: Lab) -> None:
    done = bring_up(three, lan("vlan: 10", "vlan: 1"))
    assert "c-eth0" in vlans(three)
    assert vlans(three)["b-eth0"] == vlans(three)["c-eth0"] == ACCESS.format(1)
    assert "vlan 1 " not in done, "it comes with the port"
    assert three.pings("b", "10.0.0.3")


def test_vlans_changed_by_hand_are_put_back_and_wake(three: Lab) -> None:
    wanted = lan("vlan: 10", "vlan: {trunk: [10, 20]}")
    bring_up(three, wanted)
    before = vlans(three)
    for words in (
        "vlan del vid 10 dev a-eth0",
        "vlan add vid 77 dev b-eth0",
        "vlan add vid 20 dev b-eth0 pvid untagged",
        "vlan del vid 1 dev c-eth0",
    ):
        three.kernel.drain()
        assert three.run(HUB, "bridge", *words.split()).returncode == 0
        assert select.select([three.kernel], [], [], 5)[0], words
        assert steps(three, wanted).count("\n") == 1, words
        bring_up(three, wanted)
        assert vlans(three) == before


def test_filtering_follows_the_vlans_and_goes_with_them(three: Lab) -> None:
    bring_up(three, lan("vlan: 10"))
    assert not three.pings("a", "10.0.0.2")
    bring_up(three, lan())
    link = three.link(HUB, "lan")
    assert link
    assert link["linkinfo"]["info_data"]["vlan_filtering"] == 0
    assert vlans(three)["a-eth0"] == ACCESS.format(1)
    assert three.pings("a", "10.0.0.2")
    bring_up(three, lan("vlan: 10", "vlan: 10"))
    assert three.pings("a", "10.0.0.2")
    assert not three.pings("a", "10.0.0.3")


def test_a_node_that_starts_again_has_its_vlan(three: Lab) -> None:
    wanted = lan("vlan: 10", "vlan: 10")
    bring_up(three, wanted)
    three.restart("a")
    bring_up(three, wanted)
    assert vlans(three)["a-eth0"] == ACCESS.format(10)
    assert three.pings("a", "10.0.0.2")


def test_a_port_that_says_nothing_keeps_the_default_of_a_declared_filter(three: Lab) -> None:
    wanted = lan(bridge="{vlan_filtering: true}")
    assert "vlan 1" not in bring_up(three, wanted)
    assert three.pings("a", "10.0.0.2")
    assert joined(three, wanted)["a"] == "bridge lan"
    done = three.run(HUB, "bridge", "vlan", "add", "vid", "5", "dev", "a-eth0")
    assert done.returncode == 0
    assert steps(three, wanted).startswith("change  vlan 1 on port (hub):a-eth0   # trunk 5 native")


UNKNOWN = "02:00:00:00:77:77"
PAYLOAD = b"eight by"


def tagged(vid: int) -> bytes:
    return frame(UNKNOWN, vid.to_bytes(2, "big") + OURS + PAYLOAD, b"\x81\0")


def test_frames_to_nobody_are_flooded_within_their_vlan(three: Lab) -> None:
    bring_up(three, lan("vlan: 10", "vlan: 20", "vlan: {trunk: [10, 20], native: 30}"))
    found = reached(three, frame(UNKNOWN, PAYLOAD), "a", "b", "c")
    assert found.keys() == {"c"}
    assert found["c"] == tagged(10), "the trunk carries the tag"
    assert reached(three, tagged(20), "c", "a", "b") == {"b": frame(UNKNOWN, PAYLOAD)}
    assert reached(three, frame(UNKNOWN, PAYLOAD), "c", "a", "b") == {}, "30 is nobody else's"


def test_an_access_port_drops_the_tags_of_others(three: Lab) -> None:
    bring_up(three, lan("vlan: 10", "vlan: 20", "vlan: 10"))
    assert reached(three, tagged(20), "a", "b", "c") == {}
    found = reached(three, tagged(10), "a", "b", "c")
    assert found == {"c": frame(UNKNOWN, PAYLOAD)}, "its own tag is as good as none"


def test_without_filtering_tags_pass_as_they_are(three: Lab) -> None:
    bring_up(three, lan())
    assert reached(three, tagged(77), "a", "b", "c") == {"b": tagged(77), "c": tagged(77)}


def test_isolation_holds_within_a_vlan(three: Lab) -> None:
    isolated = "vlan: 10, isolated: true"
    bring_up(three, lan(isolated, isolated, "vlan: 10"))
    assert reached(three, frame(UNKNOWN, PAYLOAD), "a", "b", "c").keys() == {"c"}


def test_what_one_vlan_has_learned_another_does_not_know(three: Lab) -> None:
    bring_up(three, lan("vlan: {trunk: [10, 20]}", "vlan: 10", "vlan: 20"))
    learned = frame(UNKNOWN, PAYLOAD)
    mac = "02:00:00:00:00:0b"
    reached(three, learned[:6] + bytes.fromhex(mac.replace(":", "")) + learned[12:], "b", "a")
    to_it = frame(mac, (20).to_bytes(2, "big") + OURS + PAYLOAD, b"\x81\0")
    assert reached(three, to_it, "a", "b", "c").keys() == {"c"}, "unknown in 20"
