"""Several hands on one project at once: each verb ends in what it says, or in a sentence."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from conlink_compose.engines import Changes, Wanted
from conlink_compose.engines.sandbox import StoppingError
from conlink_compose.engines.sandbox.client.down import down
from conlink_compose.engines.sandbox.client.up import up
from conlink_compose.engines.sandbox.folder import TOPOLOGY
from conlink_compose.workload import Workload

from .conftest import Lab

Make = Callable[..., Workload]


@pytest.fixture
def bring_up(lab: Lab, host: Make) -> Callable[[], Changes]:
    wanted = Wanted([host("h1")], declaration="declared")
    return lambda: up(lab.name, [], wanted)


def test_ups_and_downs_at_once_all_succeed(lab: Lab, bring_up: Callable[[], Changes]) -> None:
    with ThreadPoolExecutor(6) as pool:
        ups = [pool.submit(bring_up) for _ in range(16)]
        downs = [pool.submit(down, lab.name, 0) for _ in range(16)]
        for one in (*ups, *downs):
            one.result(timeout=60)
    bring_up()
    assert [status.name for status in lab.control.nodes()] == ["h1"]
    assert (lab.folder / TOPOLOGY).read_text() == "declared"
    assert down(lab.name, 0)
    assert not lab.folder.exists()


def test_an_up_during_a_down_waits_for_its_end_and_begins_anew(
    lab: Lab, shell: Make, bring_up: Callable[[], Changes]
) -> None:
    ending = _begin_to_stop(lab, shell)
    begun = time.monotonic()
    applied = bring_up()
    assert time.monotonic() - begun > 0.3
    assert applied.create == ("h1",)
    assert [status.name for status in lab.control.nodes()] == ["h1"]
    ending.join()


def _begin_to_stop(lab: Lab, shell: Make) -> threading.Thread:
    """A project in the middle of its end, which takes it another second."""
    lab.up(shell("slow", "trap 'sleep 1; exit' TERM; echo armed; while :; do sleep 0.1; done"))
    lab.wait(lambda: lab.texts("slow-1") == ["armed"])
    ending = threading.Thread(target=down, args=(lab.name,))
    ending.start()
    lab.wait(lambda: _is_stopping(lab))
    return ending


def _is_stopping(lab: Lab) -> bool:
    try:
        lab.control.foresee(Wanted())
    except StoppingError:
        return True
    return False


def test_what_is_declared_is_not_kept_by_a_project_that_is_being_stopped(
    lab: Lab, shell: Make
) -> None:
    ending = _begin_to_stop(lab, shell)
    with pytest.raises(StoppingError, match="being stopped"):
        lab.control.apply(Wanted(declaration="too late"))
    assert (lab.folder / TOPOLOGY).read_text() == ""
    ending.join()
