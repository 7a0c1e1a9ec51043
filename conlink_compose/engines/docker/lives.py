"""The present life of each container: its first process, and how its namespaces are opened.

A container's restart leaves its id as it was. What tells two lives apart is the first process: its
pid and the time it started, which the kernel never gives to a second one together (proc(5)).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from conlink_compose.topology import Life

PROC = "/proc"


class Process(NamedTuple):
    """The first process of a container, 0 where it has none, and its /etc/hosts on the machine."""

    pid: int
    hosts: str = ""


class _Known(NamedTuple):
    process: Process
    started: str
    life: Life


class Lives:
    """`process_of` asks the engine. It is asked only where the process known before is gone: an
    inspection costs some milliseconds, a look into /proc some microseconds. What has its network
    namespace from one of the processes `aside` has no life: nothing of the machine's own is ever
    touched."""

    def __init__(self, process_of: Callable[[str], Process], aside: Iterable[int] = ()) -> None:
        self._process_of = process_of
        self._aside = {_netns_of(pid) for pid in aside} - {None}
        self._known: dict[str, _Known] = {}

    def of(self, containers: Iterable[str]) -> dict[str, Life | None]:
        """The lives of those containers, by id. The others are forgotten."""
        found = {container: self._life(container) for container in containers}
        self._known = {one: known for one, known in self._known.items() if one in found}
        return found

    def hosts_of(self, container: str) -> str:
        """The path of its /etc/hosts on the engine's machine."""
        return self._known[container].process.hosts if container in self._known else ""

    def _life(self, container: str) -> Life | None:
        known = self._known.get(container)
        if known and started_at(known.process.pid) == known.started:
            return known.life
        process = self._process_of(container)
        pid = process.pid
        started = started_at(pid) if pid else None
        if started is None or _netns_of(pid) in self._aside:
            self._known.pop(container, None)
            return None
        life = Life(f"{container[:12]}@{pid}.{started}", f"{PROC}/{pid}/ns/net")
        self._known[container] = _Known(process, started, life)
        return life


def shares_network(one: Life, other: Life) -> bool:
    """Whether both stand in one network namespace; not where either is over."""
    try:
        return Path(one.netns).stat().st_ino == Path(other.netns).stat().st_ino
    except OSError:
        return False


def process_of(life: Life) -> str:
    """The folder of its first process in /proc."""
    return life.netns.removesuffix("/ns/net")


def _netns_of(pid: int) -> str | None:
    """`net:[4026531840]`; None where there is no such process, or it may not be looked at."""
    try:
        return os.readlink(f"{PROC}/{pid}/ns/net")  # noqa: PTH115 -- no file there, only its name
    except OSError:
        return None


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
