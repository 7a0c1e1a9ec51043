"""The declared nodes whose process has ended: which of them failed, and what they wrote last."""

from __future__ import annotations

import signal
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conlink_compose.engines import NodeStatus, Project
    from conlink_compose.topology import Owner

LINES = 3
"""Of what a failed node wrote, that are told."""


@dataclass(frozen=True, slots=True)
class Ended:
    """`exit_code` is as a shell's. `again`: its restart policy is about to begin another life."""

    name: str
    exit_code: int
    again: bool

    @property
    def failed(self) -> bool:
        """A job that ends with 0 has done what it is for."""
        return self.exit_code != 0

    def __str__(self) -> str:
        again = " and is started again" if self.again else ""
        return f"{self.name} has ended with {self.exit_code}{_signal(self.exit_code)}{again}"


def ended(statuses: Iterable[NodeStatus], owners: Collection[Owner]) -> tuple[Ended, ...]:
    """Of the nodes of `owners`, those that do not run because their process has ended."""
    return tuple(
        Ended(status.name, status.exit_code, status.state == "restarting")
        for status in statuses
        if status.exit_code is not None and status.owner in owners
    )


def failure(project: Project, node: Ended) -> str:
    """That it failed, and the last lines it wrote."""
    lines = project.last_words(node.name, LINES)
    if not lines:
        return f"{node}, and wrote nothing"
    return "\n".join((f"{node}, and wrote last:", *_indented(lines)))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"    {line}"


def _signal(code: int) -> str:
    try:
        return f" ({signal.Signals(code - 128).name})" if code > 128 else ""
    except ValueError:
        return ""
