"""What ends comes back wired, and is told as it is. Real namespaces, real packets."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.project import Project, eventually, project

pytestmark = pytest.mark.namespaces

HOSTED = """
x-conlink:
  hosts:
    h1: {links: [{bridge: lan, ip: 10.1.0.50/24}, {dev: eth1, ip: 192.0.2.0/31, peer: {service: a, dev: eth1, ip: 192.0.2.1/31}}]}
services:
  a:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.1.0.1/24}]}
  slow:
    network_mode: none
    command: sh -c 'trap "sleep 1.5; exit" TERM; while :; do sleep 0.05; done'
    x-conlink: {links: [{bridge: lan, ip: 10.1.0.2/24}]}
"""  # noqa: E501


def test_a_killed_host_comes_back_by_itself_and_wired_each_time(tmp_path: Path) -> None:
    with project(tmp_path, HOSTED) as lab:
        lab.up()
        for _ in range(4):
            first = host(lab, "h1")
            os.kill(first, signal.SIGKILL)
            # No later for the fourth time: it has no process that could end by itself in a loop.
            eventually(lambda gone=(0, first): host(lab, "h1") not in gone)
            eventually(lambda: is_wired(lab, "h1"))
            lab.inside("a", "ping", "-c1", "-W2", "10.1.0.50")
            lab.inside("h1", "ping", "-c1", "-W2", "192.0.2.1")
        assert lab.ps()["h1"]["restarts"] == 4
        assert "nothing to do" in lab.plan()


def test_a_host_that_is_taken_out_or_stopped_does_not_come_back(tmp_path: Path) -> None:
    with project(tmp_path, HOSTED) as lab:
        lab.up()
        lab.write(HOSTED[HOSTED.index("services:") :])
        lab.up()
        eventually(lambda: set(lab.ps()) == {"a-1", "slow-1"})
        time.sleep(0.5)
        assert set(lab.ps()) == {"a-1", "slow-1"}


def test_a_link_whose_other_end_is_down_has_no_carrier(tmp_path: Path) -> None:
    with project(tmp_path, HOSTED.replace("ip: 192.0.2.1/31}", "up: false}")) as lab:
        lab.up()
        states = {one["name"]: one["state"] for one in lab.ps()["h1"]["interfaces"]}
        assert states == {"eth0": "up", "eth1": "no carrier"}
        assert {one["name"]: one["state"] for one in lab.ps()["a-1"]["interfaces"]} == {
            "eth0": "up",
            "eth1": "down",
        }
        (seen,) = lab.ip("h1", "link", "show", "dev", "eth1")
        assert "NO-CARRIER" in seen["flags"]


@pytest.mark.parametrize("node", ["a", "slow", "h1"])
def test_restart_returns_when_another_life_is_wired(tmp_path: Path, node: str) -> None:
    with project(tmp_path, HOSTED) as lab:
        lab.up()
        name = "h1" if node == "h1" else f"{node}-1"
        before = lab.ip(node, "link", "show", "dev", "eth0")[0]["ifindex"]
        said = lab.run("restart", node).stderr
        assert is_wired(lab, name)
        assert lab.ip(node, "link", "show", "dev", "eth0")[0]["ifindex"] != before
        lab.inside("a", "ping", "-c1", "-W2", "10.1.0.2")
        assert f"restarted {name} in " in said


def test_restart_tells_what_does_not_start_again(tmp_path: Path) -> None:
    text = HOSTED.replace(
        "services:\n", "services:\n  job:\n    command: ./job\n    working_dir: .\n"
    )
    (tmp_path / "job").write_text("#!/bin/sh\nexec sleep 1000\n")
    (tmp_path / "job").chmod(0o755)
    tmp_path.chmod(0o755)
    text = text.replace("working_dir: .", f"working_dir: {tmp_path}\n    network_mode: none")
    with project(tmp_path, text) as lab:
        lab.up()
        (tmp_path / "job").unlink()
        done = lab.run("restart", "job", "a", check=False)
        assert done.returncode == 1
        assert "job-1 needs `./job`" in done.stderr
        assert is_wired(lab, "a-1")


def is_wired(lab: Project, name: str) -> bool:
    node = lab.ps()[name]
    return bool(node["ready"]) and node["state"] == "running"


def host(lab: Project, name: str) -> int:
    """The pid of its idle process, or 0 while there is none; of this project's alone."""
    supervisor = next(pid for pid in lab.processes() if b".supervisor" in _command_line(pid))
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(supervisor)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    lines = [line.split(None, 1) for line in found.splitlines()]
    return next((int(pid) for pid, args in lines if args.split()[0] == f"mininet:{name}"), 0)


def _command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
