"""Bridges of Open vSwitch in userspace, as `ovs-vsctl` sees them and as packets pass them."""

from __future__ import annotations

import select
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up, conflicts, joined, states, steps
from tests.kernel.lab import Lab
from tests.kernel.ovs_lab import DATAPATH, USERSPACE, lan, vsctl, within

pytestmark = pytest.mark.root


@pytest.fixture
def lab(lab_of: Callable[..., Lab], tmp_path: Path) -> Lab:
    return lab_of("a", "b", "c").with_ovs(tmp_path / "ovs")


def test_two_nodes(lab: Lab) -> None:
    wanted = lan("", "")
    done = bring_up(lab, wanted)
    assert f"add     ovs bridge (hub):lan datapath {DATAPATH}" in done
    assert vsctl(lab, "list-ports lan").split() == ["a-eth0", "b-eth0"]
    assert lab.pings("a", "10.0.0.2")
    assert lab.pings("b", "fd00::1")
    words = "bridge lan (ovs, userspace)" if USERSPACE else "bridge lan (ovs)"
    assert joined(lab, wanted) == {"a": words, "b": words}
    assert steps(lab, wanted) == ""


def test_tcp_passes(lab: Lab) -> None:
    """The sender finishes its packets where a program reads them on their way."""
    bring_up(lab, lan("", ""))
    told = lab.run("a", "ethtool", "-k", "eth0").stdout
    assert f"tx-checksumming: {'off' if USERSPACE else 'on'}" in told
    for address in ("10.0.0.2", "fd00::2"):
        server = ("iperf3", "-s", "-1", "-B", address)
        with subprocess.Popen(
            ("nsenter", f"--net={lab.path('b')}", *server), stdout=subprocess.DEVNULL
        ) as listening:
            time.sleep(0.3)
            done = lab.run("a", "iperf3", "-c", address, "-n", "4M", "-f", "m")
            assert done.returncode == 0, done.stdout + done.stderr
            listening.wait(10.0)


def test_vlans(lab: Lab) -> None:
    wanted = lan(", vlan: 10", ", vlan: 20", ", vlan: 10")
    bring_up(lab, wanted)
    assert vsctl(lab, "get port a-eth0 tag") == "10"
    assert not lab.pings("a", "10.0.0.2")
    assert lab.pings("a", "10.0.0.3")
    done = bring_up(lab, lan(", vlan: 10", ", vlan: 10", ", vlan: 20"))
    assert [line.split()[0] for line in done.splitlines()] == ["change", "change"]
    assert lab.pings("a", "fd00::2")
    assert not lab.pings("a", "fd00::3")


def test_a_trunk_carries_tags_and_its_native_vlan_none(lab: Lab) -> None:
    wanted = lan(", vlan: 10", ", vlan: 20", ", vlan: {trunk: [10, 30], native: 20}")
    bring_up(lab, wanted)
    assert lab.pings("b", "10.0.0.3")
    assert not lab.pings("a", "10.0.0.3")
    assert joined(lab, wanted)["c"].endswith(" trunk 10,30 native 20")


@pytest.mark.parametrize(
    "harm",
    [
        "del-port a-eth0",
        "set port a-eth0 tag=7",
        "set port a-eth0 trunks=7,8",
        "del-br lan",
        "set bridge lan stp_enable=true",
        "set bridge lan mcast_snooping_enable=true",
    ],
)
def test_harm_by_hand_is_seen_and_repaired(lab: Lab, harm: str) -> None:
    wanted = lan("", "")
    bring_up(lab, wanted)
    lab.kernel.drain()
    vsctl(lab, harm)
    lab.kernel.drain()
    assert steps(lab, wanted)
    bring_up(lab, wanted)
    assert steps(lab, wanted) == ""
    assert lab.pings("a", "10.0.0.2")


def test_its_own_port_comes_up_again(lab: Lab) -> None:
    wanted = lan("", "")
    bring_up(lab, wanted)
    lab.change(HUB, "link set lan down")
    assert steps(lab, wanted).startswith("change  ovs (hub):lan   # up no -> yes")
    bring_up(lab, wanted)
    assert "UP" in lab.ip(HUB, "link show lan")[0]["flags"]


def test_its_own_port_is_made_again(lab: Lab) -> None:
    """Left alone, ovs-vswitchd would read from the tap that is gone, without end. The kernel's
    datapath does not let it go."""
    wanted = lan("", "")
    bring_up(lab, wanted)
    gone = lab.run(HUB, "ip", "link", "delete", "lan").returncode == 0
    assert gone == USERSPACE
    bring_up(lab, wanted)
    assert "UP" in lab.ip(HUB, "link show lan")[0]["flags"]
    assert lab.pings("a", "10.0.0.2")


def test_what_others_do_there_wakes(lab: Lab) -> None:
    bring_up(lab, lan("", ""))
    for _ in within(10.0):  # the kernel tells of carriers late
        lab.kernel.drain()
        if not readable(lab):
            break
    vsctl(lab, "set port a-eth0 tag=7")
    assert readable(lab)


def test_a_mode_that_is_edited_moves_the_ports(lab: Lab) -> None:
    bring_up(lab, lan("", "", mode="linux"))
    for mode in ("ovs", "linux", "ovs"):
        bring_up(lab, lan("", "", mode=mode))
        assert lab.pings("a", "10.0.0.2"), mode
        assert (vsctl(lab, "list-br") == "lan") == (mode == "ovs")
    bring_up(lab, lan("", "", mode="patch"))
    assert vsctl(lab, "list-br") == ""
    assert lab.pings("a", "fd00::2")


def test_a_node_that_is_started_again_gets_its_port(lab: Lab) -> None:
    wanted = lan("", "")
    bring_up(lab, wanted)
    for _ in range(3):
        lab.restart("a")
        bring_up(lab, wanted)
        assert lab.pings("a", "10.0.0.2")
    assert vsctl(lab, "list-ports lan").split() == ["a-eth0", "b-eth0"]


def test_a_node_that_is_gone_leaves_no_port(lab: Lab) -> None:
    bring_up(lab, lan("", "", ""))
    bring_up(lab, lan("", ""))
    assert vsctl(lab, "list-ports lan").split() == ["a-eth0", "b-eth0"]


def test_an_interface_of_somebody_else_stands_in_the_way(lab: Lab) -> None:
    lab.change(HUB, "link add lan type bridge")
    assert conflicts(lab, lan("", "")) == [
        "(hub) already has an interface lan that is not ours, and it is left alone"
    ]
    assert "ovs" not in steps(lab, lan("", ""))


def test_knobs(lab: Lab) -> None:
    wanted = lan("", "", more=", mcast_snooping: true, mtu: 1400")
    bring_up(lab, wanted)
    assert vsctl(lab, "get bridge lan mcast_snooping_enable") == "true"
    assert lab.ip(HUB, "link show lan")[0]["mtu"] == 1400
    bring_up(lab, lan("", ""))
    assert vsctl(lab, "get bridge lan mcast_snooping_enable") == "false"
    assert vsctl(lab, "get interface lan mtu_request") == "[]"


def test_spanning_tree_is_seen_at_each_port(lab: Lab) -> None:
    wanted = lan("", "", more=", stp: true")
    bring_up(lab, wanted)
    assert vsctl(lab, "get bridge lan stp_enable") == "true"
    assert states(lab, wanted) == {"a": "listening", "b": "listening"}


def readable(lab: Lab) -> bool:
    return bool(select.select([lab.kernel], [], [], 1.0)[0])
