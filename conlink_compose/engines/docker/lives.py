"""The present life of each container: its first process, and how its namespaces are opened.

A container's restart leaves its id as it was. What tells two lives apart is the first process: its
pid and the time it started, which the kernel never gives to a second one together (proc(5)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from conlink_compose.topology import Life

PROC = "/proc"


class _Known(NamedTuple):
    pid: int
    started: str
    life: Life


class Lives:
    """`pid_of` asks the engine for the first process of a container, 0 where it has none. It is
    asked only where the process known before is gone: an inspection costs some milliseconds, a look
    into /proc some microseconds."""

    def __init__(self, pid_of: Callable[[str], int]) -> None:
        self._pid_of = pid_of
        self._known: dict[str, _Known] = {}

    def of(self, containers: Iterable[str]) -> dict[str, Life | None]:
        """The lives of those containers, by id. The others are forgotten."""
        found = {container: self._life(container) for container in containers}
        self._known = {one: known for one, known in self._known.items() if one in found}
        return found

    def _life(self, container: str) -> Life | None:
        known = self._known.get(container)
        if known and started_at(known.pid) == known.started:
            return known.life
        pid = self._pid_of(container)
        started = started_at(pid) if pid else None
        if started is None:
            self._known.pop(container, None)
            return None
        life = Life(f"{container[:12]}@{pid}.{started}", f"{PROC}/{pid}/ns/net")
        self._known[container] = _Known(pid, started, life)
        return life


def started_at(pid: int) -> str | None:
    """When the process started, in ticks since boot; None where there is none, or it has ended.

    Field 22 of /proc/PID/stat, counted from behind the name, which may hold blanks and brackets.
    """
    try:
        text = Path(PROC, str(pid), "stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]
