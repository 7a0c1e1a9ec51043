"""Whoever cleans /tmp may take the files of a project that runs: it is found all the same."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conlink_compose.engines.sandbox.folder import state_folder
from tests.project import Project, eventually, project

pytestmark = pytest.mark.namespaces

TEXT = """
services:
  a:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  b:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.2/24}]}
"""
OLD_ENOUGH = 10.5
"""Seconds: a younger supervisor may not listen yet."""


def take_the_socket(lab: Project) -> None:
    (state_folder(lab.name) / "engine.sock").unlink()


def take_the_folder(lab: Project) -> None:
    shutil.rmtree(state_folder(lab.name))


@pytest.mark.parametrize("take", [take_the_socket, take_the_folder])
def test_down_ends_all_of_it(tmp_path: Path, take: Callable[[Project], None]) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        take(lab)
        assert "is down" in lab.run("down", "-t", "0").stderr
        assert not lab.processes()
        assert not state_folder(lab.name).exists()
        lab.up()


@pytest.mark.parametrize("take", [take_the_socket, take_the_folder])
def test_nothing_else_begins_a_second_one(tmp_path: Path, take: Callable[[Project], None]) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        before = set(lab.processes())
        time.sleep(OLD_ENOUGH)
        take(lab)
        for words in (("up", "-d"), ("ps",), ("plan",), ("exec", "a", "true"), ("logs",)):
            done = lab.run(*words, check=False)
            assert done.returncode == 3, words
            assert "its supervisor has pid" in done.stderr
            assert f"`conlink-compose -p {lab.name} down` ends all of it" in done.stderr
        assert set(lab.processes()) == before


def test_links_stay_when_the_file_that_declares_them_goes(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        (state_folder(lab.name) / "topology.json").unlink()
        lab.inside("a", "ip", "link", "delete", "eth0")  # which wakes the runtime
        eventually(lambda: lab.ps()["a-1"]["interfaces"][0]["state"] == "up")
        lab.inside("a", "ping", "-c1", "-W2", "10.0.0.2")


def test_who_asks_before_cleaning_is_told_to_leave_it(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        above = str(state_folder(lab.name).parent)
        assert subprocess.run(["flock", "-n", "-x", above, "true"], check=False).returncode == 1


def test_down_lets_the_processes_end_by_themselves(tmp_path: Path) -> None:
    script = f"trap 'touch {tmp_path}/heard; exit' TERM; echo armed; while :; do sleep 0.05; done"
    service = f'\n    command: ["sh", "-c", "{script}"]'
    with project(tmp_path, TEXT.replace("  b:", f"  b:{service}")) as lab:
        lab.up()
        take_the_folder(lab)
        lab.run("down")
        assert (tmp_path / "heard").exists()
        assert not lab.processes()
