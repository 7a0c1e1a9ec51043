"""A bridge of Open vSwitch in the sandbox, on whichever machine this is: its programs are started
in the project's own namespaces, and end with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose.engines.sandbox.folder import state_folder
from conlink_compose.kernel.kinds import missing_here
from conlink_compose.state import OVS, OVS_DATAPATH
from tests.project import Project, eventually, project

PAIR = """
x-conlink:
  bridges: {lan: {mode: ovs}}
services:
  a: {network_mode: none, x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}}
  b: {network_mode: none, x-conlink: {links: [{bridge: lan, ip: 10.0.0.2/24}]}}
"""

BESIDE = PAIR.replace(
    "x-conlink:\n",
    "x-conlink:\n  hosts: {c: {links: [{bridge: apart, ip: 10.1.0.1/24}]}}\n",
    1,
)


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("CONLINK_ENGINE", "sandbox")
    with project(tmp_path, PAIR) as made:
        yield made


def ping(lab: Project) -> None:
    lab.inside("a", "ping", "-c1", "-W2", "10.0.0.2")


def programs(lab: Project, name: str) -> list[int]:
    return [pid for pid in lab.processes() if words_of(pid).startswith(name.encode())]


def words_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_it_comes_up_where_it_can_and_is_told_of_where_it_cannot(lab: Project) -> None:
    if OVS in missing_here((OVS,)):
        for command in (("plan",), ("up", "-d")):
            done = lab.run(*command, check=False)
            assert done.returncode == 1
            assert "compose.yaml:3:13: error[impossible-here]: ovs bridge lan" in done.stderr
            assert "openvswitch-switch" in done.stderr
        assert not lab.processes()
        return
    in_userspace = OVS_DATAPATH in missing_here((OVS_DATAPATH,))
    assert ("ethtool tx off on a-1:eth0" in lab.plan()) == in_userspace
    done = lab.run("up", "-d")
    assert "2 of 2 links" in done.stderr
    ping(lab)
    words = "bridge lan (ovs, userspace)" if in_userspace else ""
    assert words in lab.run("ps").stdout
    assert "nothing to do" in lab.plan()
    lab.run("down")
    assert not lab.processes()


def test_it_outlives_whoever_wired_and_what_ends_comes_back(lab: Project) -> None:
    if OVS in missing_here((OVS,)):
        assert lab.run("up", "-d", check=False).returncode == 1
        return
    lab.run("up", "-d")
    argv = lab.argv("exec", "a", "ping", "-i", "0.02", "-c", "60", "10.0.0.2")
    with subprocess.Popen(argv, cwd=lab.folder, stdout=subprocess.PIPE, text=True) as pinging:
        os.kill(lab.runtime(), signal.SIGKILL)
        said = pinging.communicate(timeout=30)[0]
    assert "60 packets transmitted, 60 received" in said
    for name in ("ovs-vswitchd", "ovsdb-server"):
        (killed,) = programs(lab, name)
        os.kill(killed, signal.SIGKILL)
        eventually(lambda gone=killed, name=name: programs(lab, name) not in ([], [gone]))  # type: ignore[misc]
        eventually(lambda: "nothing to do" in lab.plan() and (ping(lab) or True))


def test_with_its_keeper_too_and_the_runtime(lab: Project) -> None:
    """Nothing of it answers any more: the next runtime begins it anew."""
    if OVS in missing_here((OVS,)):
        assert lab.run("up", "-d", check=False).returncode == 1
        return
    lab.run("up", "-d")
    for pid in lab.processes():
        if any(name in words_of(pid) for name in (b"kernel.ovs", b"conlink_compose.runtime")):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: lab.runtime() and "nothing to do" in lab.plan() and (ping(lab) or True))


def test_with_its_folder(lab: Project) -> None:
    """A cleaner took where its sockets and its database lie."""
    if OVS in missing_here((OVS,)):
        assert lab.run("up", "-d", check=False).returncode == 1
        return
    lab.run("up", "-d")
    before = programs(lab, "ovs-vswitchd")
    shutil.rmtree(state_folder(lab.name) / "ovs")
    os.kill(before[0], signal.SIGKILL)
    eventually(lambda: programs(lab, "ovs-vswitchd") not in ([], before))
    eventually(lambda: "nothing to do" in lab.plan() and (ping(lab) or True))


def test_what_is_begun_anew_ends_with_the_project(lab: Project) -> None:
    """A cleaner took all of the project's files, so nobody is left whom the runtime could ask."""
    if OVS in missing_here((OVS,)):
        assert lab.run("up", "-d", check=False).returncode == 1
        return
    lab.run("up", "-d")
    before = programs(lab, "ovs-vswitchd")
    shutil.rmtree(state_folder(lab.name))
    eventually(lambda: programs(lab, "ovs-vswitchd") not in ([], before))
    lab.run("down")
    assert not lab.processes()
    assert not state_folder(lab.name).exists()


def test_who_never_answers_holds_back_its_own_bridges_alone(lab: Project) -> None:
    """Not even a runtime that has never heard of it."""
    if OVS in missing_here((OVS,)):
        assert lab.run("up", "-d", check=False).returncode == 1
        return
    lab.write(BESIDE)
    lab.run("up", "-d")
    stopped = [pid for pid in lab.processes() if b"kernel.ovs" in words_of(pid)]
    stopped += programs(lab, "ovsdb-server")
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    before = lab.runtime()
    os.kill(before, signal.SIGKILL)
    eventually(lambda: lab.runtime() not in (0, before))
    lab.inside("c", "ip", "link", "delete", "eth0")
    eventually(lambda: "10.1.0.1/24" in lab.inside("c", "ip", "address"), 30.0)
    done = lab.run("up", "-d", check=False)
    assert "cannot add ovs bridge lan of the hub: Open vSwitch does not answer" in done.stderr
    assert "3 of 3 nodes, 1 of 3 links" in done.stderr
    for pid in reversed(stopped):
        os.kill(pid, signal.SIGCONT)
    eventually(lambda: "nothing to do" in lab.plan() and (ping(lab) or True), 30.0)
