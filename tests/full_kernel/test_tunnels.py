"""Geneve, which the machine's own kernel may lack: two hubs with a cable between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up, steps
from tests.kernel.lab import Lab
from tests.kernel.test_tunnels import both_up, join, machine


@pytest.fixture
def machines() -> Iterator[tuple[Lab, Lab]]:
    left, right = Lab("a"), Lab("b")
    join(left, right)
    yield left, right
    left.close()
    right.close()


@pytest.mark.parametrize("family", ["v4", "v6"])
def test_nodes_of_two_machines_reach_each_other(machines: tuple[Lab, Lab], family: str) -> None:
    both_up(machines, "type: geneve, vni: 7", family=family)
    left, _ = machines
    found = left.link(HUB, "geneve7" if family == "v4" else "geneve7v6")
    assert found
    assert (found["master"], found["mtu"]) == ("lan", 1500)
    data = found["linkinfo"]["info_data"]
    assert (data["id"], data["port"]) == (7, 6081)
    assert left.pings("a", "10.0.0.2")
    assert left.pings("a", "fd00::2")
    # Larger than the way: IPv4 takes it in fragments. Over IPv6 only the sender can do that.
    large = left.run("a", "ping", "-c1", "-W2", "-M", "dont", "-s", "1450", "10.0.0.2")
    assert (large.returncode == 0) == (family == "v4")


def test_a_remote_is_changed_in_place_and_a_port_anew(machines: tuple[Lab, Lab]) -> None:
    both_up(machines, "type: geneve, vni: 7")
    left, right = machines
    right.change(HUB, "addr add 192.0.2.10/24 dev out")
    before = left.link(HUB, "geneve7")
    bring_up(left, machine("a", 1, "type: geneve, vni: 7, remote: 192.0.2.10"))
    after = left.link(HUB, "geneve7")
    assert before
    assert after
    assert before["ifindex"] == after["ifindex"]
    assert after["linkinfo"]["info_data"]["remote"] == "192.0.2.10"
    moved = machine("a", 1, "type: geneve, vni: 7, remote: 192.0.2.2, port: 4000")
    assert "remove  geneve (hub):geneve7   # is replaced" in bring_up(left, moved)
    bring_up(right, machine("b", 2, "type: geneve, vni: 7, remote: 192.0.2.1, port: 4000"))
    assert left.pings("a", "10.0.0.2")


def test_two_remotes_of_one_number(machines: tuple[Lab, Lab]) -> None:
    left, _ = machines
    wanted = machine("a", 1, "type: geneve, vni: 7, remote: 192.0.2.2").replace(
        "  hosts:", "    - {bridge: lan, type: geneve, vni: 7, remote: 192.0.2.3}\n  hosts:"
    )
    bring_up(left, wanted)
    assert steps(left, wanted) == ""
    found = [one for one in left.ip(HUB, "link show type geneve") if one.get("master") == "lan"]
    remotes = {one["linkinfo"]["info_data"]["remote"] for one in found}
    assert remotes == {"192.0.2.2", "192.0.2.3"}


def test_a_tunnel_carries_the_vlans_of_its_bridge(machines: tuple[Lab, Lab]) -> None:
    left, right = machines
    both_up(machines, "type: vxlan, vni: 9", ", vlan: 10")
    assert left.pings("a", "10.0.0.2")
    bring_up(right, machine("b", 2, "type: vxlan, vni: 9, remote: 192.0.2.1", ", vlan: 20"))
    assert not left.pings("a", "10.0.0.2")


def test_frames_into_a_tunnel_wait_as_netem_says(machines: tuple[Lab, Lab]) -> None:
    left, _ = machines
    both_up(machines, "type: geneve, vni: 7")
    delayed = machine("a", 1, "type: geneve, vni: 7, remote: 192.0.2.2, netem: delay 80ms")
    bring_up(left, delayed)
    assert steps(left, delayed) == ""
    assert left.pings("a", "10.0.0.2")
    done = left.run("a", "ping", "-c2", "-i0.3", "-W3", "10.0.0.2").stdout
    assert float(done.split("min/avg/max/mdev = ")[1].split("/")[0]) >= 80
    shown = left.run(HUB, "tc", "qdisc", "show", "dev", "geneve7").stdout
    assert "delay 80ms" in shown
