"""How nodes end and begin again, and how a project ends."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox.client import connection
from conlink_compose.engines.sandbox.client.down import down
from conlink_compose.engines.sandbox.client.start import start
from conlink_compose.engines.sandbox.folder import TOPOLOGY, list_projects
from conlink_compose.workload import Restart, Workload
from tests.engines.sandbox.supervisor import supervisor_pid

from .conftest import Lab

Make = Callable[..., Workload]
CATCH = "trap 'echo caught; exit 3' TERM; echo armed; while :; do sleep 0.05; done"


def test_a_restart_is_a_new_life(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", "echo run; exit 7", restart=Restart("on-failure", 2)))
    for _ in range(2):
        lab.wait(lambda: lab.state("web-1") in ("waiting", "exited"))
        lab.open_gates()
    status = lab.wait_for("web-1", "exited")
    assert (status.exit_code, status.restarts, status.life) == (7, 2, None)
    assert lab.texts("web-1") == ["run"] * 3


def test_without_a_policy_one_life_is_all_and_apply_begins_another(lab: Lab, shell: Make) -> None:
    job = shell("job", "echo done; kill -9 $$")
    lab.up(job)
    # To its own PID 1 even SIGKILL is nothing, from inside.
    assert lab.wait_for("job-1", "exited").exit_code == 0
    lab.apply(job)
    lab.wait_for("job-1", "waiting")
    lab.open_gates()
    lab.wait(lambda: lab.texts("job-1") == ["done", "done"])


def test_the_stop_signal_is_heard_and_the_exit_code_kept(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", CATCH))
    lab.wait_for_text("armed")
    before = lab.status("web-1").life
    lab.control.restart(["web-1"])
    lab.wait_for_text("caught")
    assert lab.wait_for("web-1", "waiting").life != before


def test_the_deaf_are_killed_after_their_grace(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", "trap '' TERM; echo armed; while :; do sleep 0.05; done", stop_grace=0.4))
    lab.wait_for_text("armed")
    begin = time.monotonic()
    lab.control.stop()
    assert 0.4 <= time.monotonic() - begin < 5
    assert not lab.folder.exists()


def test_who_cannot_hear_the_signal_is_not_waited_for(lab: Lab, shell: Make, host: Make) -> None:
    lab.up(shell("web", "exec sleep 1000", stop_grace=60), host("h1"))
    begin = time.monotonic()
    lab.control.stop()
    assert time.monotonic() - begin < 5


def test_a_stop_at_the_gate_is_prompt(lab: Lab, shell: Make) -> None:
    lab.start()
    lab.apply(shell("web", CATCH, stop_grace=60))
    lab.wait_for("web-1", "waiting")
    begin = time.monotonic()
    lab.control.stop()
    assert time.monotonic() - begin < 5


def test_dependents_stop_before_what_they_depend_on(lab: Lab, shell: Make) -> None:
    last_words = "trap 'sleep 0.2; echo bye; exit' TERM; echo armed; while :; do sleep 0.05; done"
    lab.start()
    lab.apply(shell("db", last_words), shell("web", last_words, depends_on=("db",)))
    lab.open_gates()
    lab.wait(lambda: lab.texts().count("armed") == 2)
    follower = lab.control.logs(follow=True)
    assert {next(follower).text, next(follower).text} == {"armed"}
    lab.control.stop()
    assert [(line.node, line.text) for line in follower] == [("web-1", "bye"), ("db-1", "bye")]


def test_after_a_kill_of_the_supervisor_nothing_is_left(lab: Lab, shell: Make, host: Make) -> None:
    lab.up(shell("web", "sleep 1000 & exec sleep 1001"), host("h1"))
    pids = [lab.machine_pid("web-1"), lab.machine_pid("h1")]
    lab.kill_supervisor()
    lab.wait(lambda: not any(_lives(pid) for pid in pids))
    with pytest.raises(EngineUnreachableError, match="the project is not up"):
        lab.control.nodes()
    assert lab.name in list_projects()
    assert down(lab.name) is True
    assert down(lab.name) is False
    assert lab.name not in list_projects()


def test_a_start_after_a_kill_begins_anew(lab: Lab, host: Make) -> None:
    lab.up(host("h1"))
    assert (lab.folder / TOPOLOGY).exists()
    first = supervisor_pid(lab.control)
    start(lab.name, [])
    assert supervisor_pid(lab.control) == first
    lab.kill_supervisor()
    lab.wait(lambda: not _lives(first))
    lab.start()
    assert lab.control.nodes() == ()
    assert not (lab.folder / TOPOLOGY).exists()


def test_a_supervisor_that_does_not_answer_is_ended(
    lab: Lab, host: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.up(host("h1"))
    pid = lab.machine_pid("h1")
    os.kill(supervisor_pid(lab.control), signal.SIGSTOP)
    monkeypatch.setattr(connection, "PATIENCE", 0.2)
    assert down(lab.name) is True
    lab.wait(lambda: not _lives(pid))
    assert not lab.folder.exists()


def test_a_second_stop_may_be_in_more_of_a_hurry(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", "trap '' TERM; echo armed; while :; do sleep 0.05; done", stop_grace=60))
    lab.wait_for_text("armed")
    patient = threading.Thread(target=lab.control.stop)
    begin = time.monotonic()
    patient.start()
    time.sleep(0.2)
    lab.control.stop(timeout=0)
    patient.join()
    assert time.monotonic() - begin < 10


def test_sigterm_to_the_supervisor_is_a_stop(lab: Lab, shell: Make) -> None:
    lab.up(shell("web", CATCH))
    lab.wait_for_text("armed")
    os.kill(supervisor_pid(lab.control), signal.SIGTERM)
    lab.wait(lambda: not lab.folder.exists())


def test_a_hundred_nodes_come_up(lab: Lab, shell: Make) -> None:
    lab.start()
    lab.apply(shell("web", "exec sleep 1000", replicas=100))
    begin = time.monotonic()
    assert lab.status("web-100").state == "created"
    assert time.monotonic() - begin < 1
    lab.wait(lambda: all(s.state == "waiting" for s in lab.control.nodes()), seconds=60)
    lab.control.stop()


def _lives(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
