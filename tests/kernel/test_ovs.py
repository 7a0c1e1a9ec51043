"""Bridges of Open vSwitch in userspace, as `ovs-vsctl` sees them and as packets pass them."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.kernel import failure_diagnostic
from conlink_compose.reconcile.plan import plan
from conlink_compose.runtime.controller import PASSES_AT_MOST
from conlink_compose.state import HUB, Ready
from tests.kernel.declared_lab import bound, bring_up, conflicts, joined, states, steps
from tests.kernel.lab import Lab
from tests.kernel.ovs_lab import DATAPATH, USERSPACE, processes, vsctl

pytestmark = pytest.mark.root

PROGRAMS = ("ovsdb-server", "ovs-vswitchd")


@pytest.fixture
def lab(lab_of: Callable[..., Lab], tmp_path: Path) -> Lab:
    return lab_of("a", "b", "c").with_ovs(tmp_path / "ovs")


def lan(*links: str, mode: str = "ovs", more: str = "") -> str:
    """Nodes a, b, ... each with a link to it, of these words beside its addresses."""
    hosts = "".join(
        f"    {name}: {{links: [{{bridge: lan, ip: [10.0.0.{number}/24, 'fd00::{number}/64']"
        f"{link}}}]}}\n"
        for number, (name, link) in enumerate(zip("abc", links, strict=False), 1)
    )
    return f"x-conlink:\n  bridges: {{lan: {{mode: {mode}{more}}}}}\n  hosts:\n{hosts}"


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


@pytest.mark.parametrize("program", ["ovs-vswitchd", "ovsdb-server"])
def test_a_program_that_is_killed_is_started_again(lab: Lab, program: str) -> None:
    wanted = lan("", "")
    bring_up(lab, wanted)
    (killed,) = processes(lab, program)
    subprocess.run(("kill", "-9", str(killed)), check=True)
    for _ in within(15.0):
        if processes(lab, program) not in ([], [killed]) and settled(lab, wanted):
            break
    assert lab.pings("a", "10.0.0.2")
    assert steps(lab, wanted) == ""


@pytest.mark.parametrize("killed", ["ovs-vswitchd", "ovsdb-server", ""])
def test_a_folder_that_is_removed_is_made_anew(lab: Lab, killed: str) -> None:
    """And all that was in it: the database, the sockets, the lock that tells of its keeper."""
    wanted = lan("", "")
    bring_up(lab, wanted)
    before = [pid for name in PROGRAMS for pid in processes(lab, name)]
    shutil.rmtree(lab.ovs_folder)
    for pid in processes(lab, killed) if killed else ():
        os.kill(pid, signal.SIGKILL)
    for _ in within(20.0):
        if Path(lab.ovs_folder, "db.sock").exists() and settled(lab, wanted):
            break
    assert vsctl(lab, "list-ports lan").split() == ["a-eth0", "b-eth0"]
    assert not any(Path(f"/proc/{pid}").exists() for pid in before)
    assert [len(processes(lab, name)) for name in PROGRAMS] == [1, 1]


@pytest.mark.parametrize("lost", ["conf.db", "db.sock", "ovs-vswitchd.ctl", "lock"])
def test_a_file_that_is_removed_is_made_anew(lab: Lab, lost: str) -> None:
    wanted = lan("", "")
    bring_up(lab, wanted)
    Path(lab.ovs_folder, lost).unlink()
    for _ in within(20.0):
        if Path(lab.ovs_folder, lost).exists() and settled(lab, wanted):
            break
    assert vsctl(lab, "list-ports lan").split() == ["a-eth0", "b-eth0"]
    assert [len(processes(lab, name)) for name in PROGRAMS] == [1, 1]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_hangs_is_started_again_unasked(lab: Lab, program: str) -> None:
    bring_up(lab, lan("", ""))
    (stopped,) = processes(lab, program)
    os.kill(stopped, signal.SIGSTOP)
    for _ in within(30.0):
        if processes(lab, program) not in ([], [stopped]) and lab.pings("a", "10.0.0.2"):
            break
    assert vsctl(lab, "list-ports lan").split() == ["a-eth0", "b-eth0"]


@pytest.mark.parametrize("program", ["ovs-vswitchd", "ovsdb-server"])
def test_a_program_that_is_stopped_keeps_nobody_waiting(lab: Lab, program: str) -> None:
    """What was told last is what is there, so nothing is taken from it; and what was asked of it
    meanwhile is asked again when it goes on."""
    wanted = lan("", "", "")
    bring_up(lab, wanted)
    (stopped,) = processes(lab, program)
    for pid in (lab.keeper, stopped):
        os.kill(pid, signal.SIGSTOP)
    try:
        lab.restart("a")
        began = time.monotonic()
        for _ in range(4):
            assert not settled(lab, wanted)
        assert time.monotonic() - began < 13.0
        assert lab.ip(HUB, "link show lan")
        if program == "ovsdb-server":
            assert lab.pings("b", "10.0.0.3")
    finally:
        for pid in (stopped, lab.keeper):
            os.kill(pid, signal.SIGCONT)
    for _ in within(20.0):
        if settled(lab, wanted):
            break
    assert steps(lab, wanted) == ""


def test_who_never_answers_holds_back_no_other_link(lab: Lab) -> None:
    """Also where nobody knows what there is of it, as in a runtime that has just begun: nothing is
    taken from it, and all that has nothing to do with it is done."""
    wanted = lan("", "") + "    c: {links: [{bridge: other, ip: 10.1.0.1/24}]}\n"
    bring_up(lab, lan("", ""))
    tap = lab.ip(HUB, "link show lan")[0]["ifindex"]
    stopped = (lab.keeper, *processes(lab, "ovsdb-server"))
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    lab.begin_anew()
    try:
        lab.restart("b")
        refused = pass_over(lab, wanted)
        assert "10.1.0.1/24" in lab.cidrs("c", "eth0")
        assert "10.0.0.2/24" in lab.cidrs("b", "eth0")
        (told,) = refused
        why = "Open vSwitch does not answer, and what it has is not known (ENOTCONN)"
        assert told.message == f"cannot add ovs bridge lan of the hub: {why}"
        assert ready(lab) == {"a": True, "b": False, "c": True}
        assert states(lab, wanted) == {"a": "disabled", "b": "disabled", "c": "up"}
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)
    for _ in within(20.0):
        if settled(lab, wanted):
            break
    assert lab.ip(HUB, "link show lan")[0]["ifindex"] == tap
    assert vsctl(lab, "list-ports lan").split() == ["a-eth0", "b-eth0"]


def pass_over(lab: Lab, wanted: str) -> tuple[Diagnostic, ...]:
    """All that the runtime does of it at once; what was refused at last."""
    for _ in range(PASSES_AT_MOST):
        found = plan(bound(lab, wanted).state, lab.observe().state)
        assert not found.conflicts
        refused = lab.kernel.apply(found.plan)
    return tuple(map(failure_diagnostic, refused))


def ready(lab: Lab) -> dict[str, bool]:
    """Whether each node has all that it is to have, by its mark."""
    found = lab.observe().state
    return {name: Ready(name).key in found.things for name in "abc"}


def settled(lab: Lab, wanted: str) -> bool:
    lab.kernel.drain()
    try:
        bring_up(lab, wanted)
    except AssertionError:
        return False
    return lab.pings("a", "10.0.0.2")


def within(seconds: float) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.1)
    raise AssertionError(f"it did not happen in {seconds} s")


def readable(lab: Lab) -> bool:
    return bool(select.select([lab.kernel], [], [], 1.0)[0])
