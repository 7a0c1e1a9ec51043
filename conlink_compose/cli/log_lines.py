"""Lines of the nodes' output, each behind its node's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from conlink_compose.cli import console, streams

if TYPE_CHECKING:
    from conlink_compose.engines import LogLine

_COLOURS = ("cyan", "yellow", "green", "magenta", "blue")


class NobodyReadsError(Exception):
    """Of a log that may have no end, nothing more need be shown."""


class LogPrinter:
    """`nodes` sets the width of the names; each node keeps its colour."""

    def __init__(self, nodes: Iterable[str], *, prefix: bool = True, times: bool = False) -> None:
        names = list(nodes)
        self._width = max((len(name) for name in names), default=0)
        self._colours = {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(names)}
        self._prefix = prefix
        self._times = times

    def show(self, line: LogLine) -> None:
        """Raises `NobodyReadsError`."""
        head = ""
        if self._prefix:
            name = f"{line.node:<{self._width}} | "
            head = console.colour(name, self._colours.get(line.node, "red"))
        time = f"{line.time} " if self._times else ""
        console.out(f"{head}{time}{line.text}")
        if not streams.is_read():
            raise NobodyReadsError
