"""The runtime is killed again and again: nothing waits for it long, and no command fails."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.project import Project, eventually, project

pytestmark = pytest.mark.namespaces

PAIR = """
services:
  a:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  b:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.2/24}]}
"""


def test_harm_is_repaired_soon_however_often_the_runtime_was_killed(tmp_path: Path) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        for _ in range(9):
            kill(lab)
        lab.inside("a", "ip", "link", "delete", "eth0")
        eventually(lambda: "eth0" in lab.inside("a", "ip", "link"))
        lab.inside("a", "ping", "-c1", "-W2", "10.0.0.2")


def test_up_outlives_a_runtime_that_is_killed_under_it(tmp_path: Path) -> None:
    with project(tmp_path, PAIR) as lab:
        lab.up()
        lab.write(PAIR.replace("10.0.0.2/24", "10.0.0.9/24"))
        command = lab.argv("up", "-d", "--force-recreate")
        with subprocess.Popen(
            command, cwd=lab.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as up:
            for _ in range(4):
                kill(lab)
            said = up.communicate(timeout=60)[1]
        assert up.returncode == 0, said
        lab.inside("a", "ping", "-c1", "-W2", "10.0.0.9")


def kill(lab: Project) -> None:
    """Once there is another one again."""
    found = 0
    deadline = time.monotonic() + 10
    while not found:
        assert time.monotonic() < deadline, "it did not come back"
        found = lab.runtime()
    os.kill(found, signal.SIGKILL)
    time.sleep(0.1)
