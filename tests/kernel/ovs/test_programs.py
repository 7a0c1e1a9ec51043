"""Open vSwitch comes back, whatever becomes of its programs and of its folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.kernel.declared_lab import bring_up, steps
from tests.kernel.lab import Lab
from tests.kernel.ovs_lab import PROGRAMS, lan, processes, settled, vsctl, within

pytestmark = pytest.mark.root


@pytest.mark.parametrize("program", PROGRAMS)
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
