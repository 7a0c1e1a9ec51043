"""Open vSwitch says nothing, and nobody is there who would start it again."""

from __future__ import annotations

import os
import signal
import time

import pytest

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.kernel import failure_diagnostic
from conlink_compose.reconcile.plan import plan
from conlink_compose.runtime.controller import PASSES_AT_MOST
from conlink_compose.state import HUB, Ready
from tests.kernel.declared_lab import bound, bring_up, states, steps
from tests.kernel.lab import Lab
from tests.kernel.ovs_lab import PROGRAMS, lan, processes, settled, vsctl, within

pytestmark = pytest.mark.root


@pytest.mark.parametrize("program", PROGRAMS)
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


def test_a_bridge_that_comes_back_before_it_is_told_of_is_left_as_it_is(lab: Lab) -> None:
    """A runtime that has just begun sees the tap come, and hears of the bridge only then."""
    wanted = lan("", "")
    bring_up(lab, wanted)
    (switch,) = processes(lab, "ovs-vswitchd")
    stopped = (lab.keeper, *processes(lab, "ovsdb-server"))
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    os.kill(switch, signal.SIGKILL)
    lab.change(HUB, "link delete lan")
    lab.begin_anew()
    lab.observe()
    for pid in reversed(stopped):
        os.kill(pid, signal.SIGCONT)
    for _ in within(10.0):
        if lab.link(HUB, "lan"):
            break
    tap = lab.ip(HUB, "link show lan")[0]["ifindex"]
    lab.observe()
    for _ in within(20.0):
        if settled(lab, wanted):
            break
    assert steps(lab, wanted) == ""
    assert lab.ip(HUB, "link show lan")[0]["ifindex"] == tap


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
