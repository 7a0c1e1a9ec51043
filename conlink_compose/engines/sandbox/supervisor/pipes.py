"""Pipes between the supervisor and a child: none of their ends is left open by accident."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Pipe(NamedTuple):
    reader: int
    writer: int


class Pipes(list[Pipe]):
    def __init__(self) -> None:
        super().__init__()
        self.kept: set[int] = set()

    def keep(self, *ends: int) -> None:
        """These ends stay open."""
        self.kept.update(ends)


@contextmanager
def open_pipes(count: int) -> Iterator[Pipes]:
    """All ends are closed when the block is left, but those that are kept.

    Raises `OSError` where there are not enough descriptors; then none is left open either.
    """
    pipes = Pipes()
    try:
        for _ in range(count):
            pipes.append(Pipe(*os.pipe2(os.O_CLOEXEC)))
        yield pipes
    finally:
        for pipe in pipes:
            for end in pipe:
                if end not in pipes.kept:
                    os.close(end)
