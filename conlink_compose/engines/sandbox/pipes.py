"""Pipes between the supervisor and a child: none of their ends is left open by accident."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple


class Pipe(NamedTuple):
    reader: int
    writer: int


class Pipes:
    """All ends are closed when the block is left, but those that are kept."""

    def __init__(self, count: int) -> None:
        """Raises `OSError` where there are not enough descriptors; then none is open."""
        self._pipes: list[Pipe] = []
        self._kept: set[int] = set()
        try:
            for _ in range(count):
                self._pipes.append(Pipe(*os.pipe2(os.O_CLOEXEC)))
        except OSError:
            self._close()
            raise

    def __iter__(self) -> Iterator[Pipe]:
        return iter(self._pipes)

    def __enter__(self) -> Pipes:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def keep(self, *ends: int) -> None:
        self._kept.update(ends)

    def _close(self) -> None:
        for pipe in self._pipes:
            for end in pipe:
                if end not in self._kept:
                    os.close(end)
