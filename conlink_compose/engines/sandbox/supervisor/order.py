"""In which order services start and stop. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from conlink_compose.workload import Workload


def awaited(workload: Workload, known: Collection[str], started: Collection[str]) -> list[str]:
    """The services that must start before it may; one that is not known is waited for by nobody."""
    return [name for name in workload.depends_on if name in known and name not in started]


def stoppable(workloads: Iterable[Workload], alive: Collection[str]) -> set[str]:
    """Of the owners `alive`, those that no other living one depends on.

    All of them where they depend on one another in a circle: a stop must not hang.
    """
    needed = {
        name
        for workload in workloads
        if workload.owner.name in alive
        for name in workload.depends_on
        if name != workload.owner.name
    }
    return {name for name in alive if name not in needed} or set(alive)
