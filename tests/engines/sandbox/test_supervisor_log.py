"""What the supervisor says of itself, by its level."""

from collections.abc import Callable, Iterator

import pytest

from conlink_compose.engines import Wanted
from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.workload import Workload

from .conftest import Lab

Make = Callable[..., Workload]


def apply(lab: Lab, level: str, *workloads: Workload) -> None:
    lab.control.apply(Wanted(workloads, log_level=level))


def said(lab: Lab) -> Iterator[str]:
    """Without the times."""
    for line in (lab.folder / "supervisor.log").read_text().splitlines():
        yield line.split(maxsplit=1)[1]


def test_at_debug_lives_begin_and_end_with_their_causes(lab: Lab, shell: Make) -> None:
    lab.start()
    apply(lab, "debug", shell("web", "exit 3"))
    lab.open_gates()
    lab.wait_for("web-1", "exited")
    lives = [line for line in said(lab) if "web-1: " in line]
    logger = "DEBUG conlink_compose.engines.sandbox.supervisor.sandbox_node: web-1: "
    assert len(lives) == 2
    assert lives[0].startswith(f"{logger}a life begins as pid ")
    assert lives[0].endswith(": it is new")
    assert lives[1].startswith(f"{logger}that life ended with 3, ")
    assert lives[1].endswith(" s: by itself")


def test_at_info_changes_are_told_and_lives_are_not(lab: Lab, host: Make) -> None:
    lab.start()
    apply(lab, "info", host("h1"))
    lab.open_gates()
    lines = list(said(lab))
    assert any("apply: 1 nodes created, 0 recreated" in line for line in lines)
    assert not any("DEBUG" in line for line in lines)


def test_at_error_nothing_of_this_is_told(lab: Lab, host: Make) -> None:
    lab.start()
    apply(lab, "error", host("h1"))
    lab.open_gates()
    assert not any("apply" in line or "h1" in line for line in said(lab))


def test_a_level_that_is_none_changes_nothing(lab: Lab, host: Make) -> None:
    lab.start()
    with pytest.raises(SandboxError, match="`loud` is no log level"):
        apply(lab, "loud", host("h1"))
    assert lab.control.nodes() == ()
