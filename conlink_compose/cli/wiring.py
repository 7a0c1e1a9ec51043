"""Waiting for a network to come up, with a line of progress for whoever watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conlink_compose.cli import console
from conlink_compose.cli.alike import without_like_ones

if TYPE_CHECKING:
    from conlink_compose.engines import NodeStatus, Project
    from conlink_compose.topology import Life

NO_HOPE = 5.0
"""Seconds after which a problem that nothing changed is told, not waited for any longer."""

LONG_RUNNING = 5.0
"""Seconds after which a command that still runs counts as one that is meant to."""

PATIENCE = 60.0
"""Seconds after which a node that nothing stands in the way of is not waited for any longer."""

PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Wiring:
    """How far it came. `problems` are sentences; `done` is that there is nothing to wait for."""

    done: bool
    links: int
    up: int
    nodes: int
    ready: int
    problems: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """All is as it should be."""
        return self.done and not self.problems

    @property
    def is_whole(self) -> bool:
        """Every declared link stands."""
        return self.up == self.links


def wait_until_settled(project: Project, timeout: float, *, commands: bool) -> Wiring:
    """Until every declared node is ready and every process has begun, or there is no hope.

    With `commands`, until every command has ended too, or runs for `LONG_RUNNING` seconds.
    Raises `EngineUnreachableError`.
    """
    began = changed = time.monotonic()
    last: Wiring | None = None
    answer = project.ask("converge")  # the file may have changed where no node did
    while True:
        now = time.monotonic()
        wiring = _judge(answer, project, commands and now - began)
        if wiring != last:
            last, changed = wiring, now
            _progress(wiring)
        hopeless = bool(wiring.problems) and now - changed > NO_HOPE
        if wiring.done or hopeless or now - began > timeout:
            _progress(None)
            return wiring
        time.sleep(PAUSE)
        answer = project.ask("progress")


def wait_for_other_lives(project: Project, before: Mapping[str, Life | None]) -> list[str]:
    """Until each node of `before` has left the gate in another life than that, or there is no hope;
    what is wrong, in sentences. A process that is still being stopped is waited for.

    Raises `EngineUnreachableError`.
    """
    changed, last = time.monotonic(), None
    while True:
        statuses = [status for status in project.nodes() if status.name in before]
        waiting = [status for status in statuses if _is_on_its_way(status, before[status.name])]
        problems = [status.problem for status in statuses if status.problem]
        if not waiting:
            return problems
        if statuses != last or any(_is_the_old(one, before[one.name]) for one in waiting):
            changed, last = time.monotonic(), statuses
        problems += map(console.sentence, project.ask("progress")["problems"])
        if time.monotonic() - changed > (NO_HOPE if problems else PATIENCE):
            return problems or [f"{one.name} is not wired yet ({one.state})" for one in waiting]
        time.sleep(PAUSE)


def _is_on_its_way(status: NodeStatus, before: Life | None) -> bool:
    return status.state in ("created", "waiting") or _is_the_old(status, before)


def _is_the_old(status: NodeStatus, before: Life | None) -> bool:
    return before is not None and status.life == before


def _judge(progress: dict[str, Any], project: Project, waited_for_commands: float) -> Wiring:
    statuses = project.nodes()
    begun = all(status.state not in ("created", "waiting") for status in statuses)
    found = [("", console.sentence(problem)) for problem in progress["problems"]]
    found += [(status.name, status.problem) for status in statuses if status.problem]
    running = waited_for_commands is not False and waited_for_commands < LONG_RUNNING
    unfinished = running and any(
        command.exit_code is None for status in statuses for command in status.commands
    )
    found += [
        (
            status.name,
            f"a command of {status.name} ended with {command.exit_code}: {' '.join(command.argv)}",
        )
        for status in statuses
        for command in status.commands
        if command.exit_code
    ]
    return Wiring(
        done=progress["settled"] and begun and not unfinished,
        links=progress["links"],
        up=progress["up"],
        nodes=progress["nodes"],
        ready=progress["ready"],
        problems=tuple(without_like_ones(found)),
    )


def _progress(wiring: Wiring | None) -> None:
    """One line that is written over; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        return
    text = (
        f"nodes {wiring.ready}/{wiring.nodes}  links {wiring.up}/{wiring.links}" if wiring else ""
    )
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
