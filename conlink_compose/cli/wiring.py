"""Waiting for a network to come up, with a line of progress for whoever watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conlink_compose.cli import console
from conlink_compose.cli.alike import without_like_ones
from conlink_compose.cli.ended import Ended, ended
from conlink_compose.cli.watched import Watched

if TYPE_CHECKING:
    from conlink_compose.engines import NodeStatus, Project
    from conlink_compose.topology import Life

NO_HOPE = 5.0
"""Seconds after which a problem that nothing changed is told, not waited for any longer."""

LONG_RUNNING = 5.0
"""Seconds after which a command that still runs counts as one that is meant to."""

PATIENCE = 60.0
"""Seconds after which a node that nothing stands in the way of is not waited for any longer."""

STEADY = 0.5
"""Seconds a process has to live before it is believed to go on; Compose looks as often."""

PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Wiring:
    """How far it came. `problems` are sentences; `done` is that there is nothing to wait for.

    `nodes` and `links` are what is declared, replicas counted; `ready` and `up` what stands of it.
    `ageless`: the engine does not say since when its processes run.
    """

    done: bool
    links: int
    up: int
    nodes: int
    ready: int
    problems: tuple[str, ...] = ()
    ended: tuple[Ended, ...] = ()
    ageless: bool = False

    @property
    def settled(self) -> bool:
        """All is as it should be."""
        return self.done and not self.problems and not self.failed

    @property
    def failed(self) -> tuple[Ended, ...]:
        return tuple(one for one in self.ended if one.failed)

    @property
    def is_of_one_moment(self) -> bool:
        """The runtime, which hears of an end a little later, counts no node that has ended."""
        return self.ready + len(self.ended) <= self.nodes

    @property
    def is_whole(self) -> bool:
        """Every declared link stands, but for those of nodes that have done what they are for."""
        return self.up == self.links or self.ready + len(self.ended) >= self.nodes


def wait_until_settled(watched: Watched, timeout: float, *, steady: bool) -> Wiring:
    """Until every declared node is ready and every process has begun, or there is no hope.

    With `steady`, until every command has ended too, or runs for `LONG_RUNNING` seconds, and every
    program has lived for `STEADY` seconds or ended for good. Raises `EngineUnreachableError`.
    """
    project = watched.project
    began = changed = done_at = time.monotonic()
    last: Wiring | None = None
    # The file may have changed where no node did, and what was asked for by hand is over.
    answer = project.ask("converge", reset=True)
    while True:
        now = time.monotonic()
        wiring = _judge(answer, watched, now - began if steady else None)
        if wiring != last:
            last, changed = wiring, now
            _progress(wiring)
        if not wiring.done:
            done_at = now + PAUSE
        hopeless = bool(wiring.problems) and now - changed > NO_HOPE
        believed = not (steady and wiring.ageless) or now - done_at > STEADY
        believed = believed and (wiring.is_of_one_moment or now - changed > NO_HOPE)
        if (wiring.done and believed) or hopeless or now - began > timeout:
            _progress(None)
            return wiring
        time.sleep(PAUSE)
        answer = project.ask("progress")


def wait_for_other_lives(
    project: Project, before: Mapping[str, Life | None], patience: float = PATIENCE
) -> list[str]:
    """Until each node of `before` has left the gate in another life than that, or there is no hope;
    what is wrong, in sentences. A process that is still being stopped is waited for.

    `patience` is in seconds. Raises `EngineUnreachableError`.
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
        if time.monotonic() - changed > (min(NO_HOPE, patience) if problems else patience):
            return problems or [f"{one.name} is not wired yet ({one.state})" for one in waiting]
        time.sleep(PAUSE)


def _is_on_its_way(status: NodeStatus, before: Life | None) -> bool:
    return status.state in ("created", "waiting") or _is_the_old(status, before)


def _is_the_old(status: NodeStatus, before: Life | None) -> bool:
    return before is not None and status.life == before


def _judge(progress: dict[str, Any], watched: Watched, waited: float | None) -> Wiring:
    """`waited` is in seconds, None where nobody wants it steady."""
    statuses = watched.project.nodes()
    begun = all(status.state not in ("created", "waiting") for status in statuses)
    over = ended(statuses, watched.owners)
    fails_again = any(one.failed and one.again for one in over)
    steady = waited is None or (_is_steady(statuses, watched, waited) and not fails_again)
    given_up = waited is not None and fails_again and waited > NO_HOPE
    return Wiring(
        done=(progress["settled"] and begun and steady) or given_up,
        links=progress["links"],
        up=progress["up"],
        nodes=progress["nodes"],
        ready=progress["ready"],
        problems=tuple(without_like_ones(_problems(progress, statuses))),
        ended=over,
        ageless=any(one.state == "running" and one.started_at is None for one in statuses),
    )


def _is_steady(statuses: Sequence[NodeStatus], watched: Watched, waited: float) -> bool:
    now = time.time()
    young = any(
        status.started_at and 0 <= now - status.started_at < STEADY
        for status in statuses
        if status.owner in watched.programs
    )
    running = any(command.exit_code is None for one in statuses for command in one.commands)
    return not young and not (running and waited < LONG_RUNNING)


def _problems(
    progress: dict[str, Any], statuses: Sequence[NodeStatus]
) -> Iterator[tuple[str, str]]:
    """Each with the name of its node, where it is of one."""
    yield from (("", console.sentence(problem)) for problem in progress["problems"])
    yield from ((status.name, status.problem) for status in statuses if status.problem)
    for status in statuses:
        for command in status.commands:
            if command.exit_code:
                words = " ".join(command.argv)
                code = command.exit_code
                yield status.name, f"a command of {status.name} ended with {code}: {words}"


def _progress(wiring: Wiring | None) -> None:
    """One line that is written over; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        return
    text = (
        f"nodes {wiring.ready}/{wiring.nodes}  links {wiring.up}/{wiring.links}" if wiring else ""
    )
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
