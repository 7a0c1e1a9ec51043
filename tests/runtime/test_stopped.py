"""What was stopped by a signal does not hold up the command line."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose.engines.sandbox.client.control import Control
from conlink_compose.engines.sandbox.folder import state_folder
from tests.engines.sandbox.supervisor import supervisor_pid
from tests.project import Project, project
from tests.runtime.test_lost_files import TEXT

pytestmark = pytest.mark.namespaces

SOON = 10.0
"""Seconds."""


@pytest.fixture(params=["supervisor", "runtime"])
def stopped(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Project, str, int]]:
    with project(tmp_path, TEXT) as lab:
        lab.up()
        folder = state_folder(lab.name)
        who = str(request.param)
        pid = lab.runtime() if who == "runtime" else supervisor_pid(Control(folder))
        os.kill(pid, signal.SIGSTOP)
        try:
            yield lab, who, pid
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def test_every_question_ends_in_a_sentence(stopped: tuple[Project, str, int]) -> None:
    lab, who, pid = stopped
    for words in (("ps",), ("status",), ("plan",), ("up", "-d", "--wait-timeout", "3")):
        began = time.monotonic()
        done = lab.run(*words, check=False)
        assert time.monotonic() - began < SOON
        assert done.returncode == 3
        assert f"the {who} of project {lab.name} (pid {pid}) is stopped" in done.stderr
        assert f"`kill -CONT {pid}` lets it go on" in done.stderr
    os.kill(pid, signal.SIGCONT)
    lab.up()


@pytest.mark.parametrize("words", [("down",), ("down", "-t", "0")], ids=" ".join)
def test_down_ends_it(stopped: tuple[Project, str, int], words: tuple[str, ...]) -> None:
    lab, _, _ = stopped
    began = time.monotonic()
    lab.run(*words)
    assert time.monotonic() - began < SOON
    assert not lab.processes()
    assert not state_folder(lab.name).exists()
