"""By which folder a supervisor is reached, if by any."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conlink_compose.engines import Wanted
from conlink_compose.engines.sandbox import SilentError
from conlink_compose.engines.sandbox.client.down import down
from conlink_compose.engines.sandbox.client.project import SandboxProject
from conlink_compose.engines.sandbox.client.reach import answers
from conlink_compose.engines.sandbox.client.start import start
from conlink_compose.engines.sandbox.client.supervisors import supervisors
from conlink_compose.engines.sandbox.folder import connect
from conlink_compose.workload import Workload
from tests.engines.sandbox.supervisor import supervisor_pid

from .conftest import Lab

Make = Callable[..., Workload]


def test_a_project_is_found_wherever_its_folder_lies(
    lab: Lab, host: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.up(host("h1"))
    with monkeypatch.context() as elsewhere:  # as of a shell with another XDG_RUNTIME_DIR
        elsewhere.setattr("conlink_compose.engines.sandbox.folder._root", lambda: tmp_path)
        project = SandboxProject(lab.name)
        assert project.is_up()
        assert [node.name for node in project.nodes()] == ["h1"]
        assert start(lab.name, []) == lab.folder
        assert project.foresee(Wanted([host("h1")])).create == ()
        assert [one.folder for one in supervisors(lab.name)] == [lab.folder]
        assert down(lab.name, 0)
    assert not lab.folder.exists()
    assert supervisors(lab.name) == []


def test_neither_nodes_nor_runtimes_are_taken_for_a_supervisor(lab: Lab, shell: Make) -> None:
    words = f"-m conlink_compose.engines.sandbox.supervisor {lab.folder}"
    lab.up(shell("web", f"exec sleep 1000 {words}; exec -a python sleep 1000"))
    lab.apply(shell("web", "exec sleep 1000"), shell("held", "true"))  # at the gate, not executed
    lab.wait_for("held-1", "waiting")
    (one,) = supervisors(lab.name)
    assert one.pid == supervisor_pid(lab.control)
    assert 0 <= one.age < 60


def test_a_full_queue_of_a_stopped_supervisor_is_not_waited_for(lab: Lab, host: Make) -> None:
    lab.up(host("h1"))
    os.kill(supervisor_pid(lab.control), signal.SIGSTOP)
    with contextlib.ExitStack() as waiting:
        with pytest.raises(BlockingIOError):
            _connect_often(waiting, lab)
        began = time.monotonic()
        assert answers(lab.folder)
        with pytest.raises(SilentError, match="is stopped"):
            lab.control.nodes()
        assert down(lab.name, 0)
        assert time.monotonic() - began < 15


def _connect_often(waiting: contextlib.ExitStack, lab: Lab) -> None:
    for _ in range(100):
        waiting.enter_context(connect(lab.folder))
