"""Reads the log's files from outside: the kept one, the present one, and what is added to it."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class LogLine:
    """`time` is UTC in ISO 8601; `stream` is stdout, stderr, or engine."""

    time: str
    node: str
    stream: str
    text: str


class LogReader:
    """`nodes` is whose lines to give; empty for all."""

    def __init__(self, path: Path, nodes: frozenset[str] = frozenset()) -> None:
        self._path = path
        self._nodes = nodes
        self._file: BinaryIO | None = None
        self._rest = b""

    def last(self, count: int | None) -> Iterator[LogLine]:
        """The last `count` lines, or all; both files are read. Call it once, before `more`."""
        lines = deque(self._from_start(), maxlen=count)
        yield from lines

    def more(self) -> Iterator[LogLine]:
        """What was added since, across a rotation too."""
        yield from self._read()
        while self._was_rotated():
            self._open(self._path)
            yield from self._read()

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _from_start(self) -> Iterator[LogLine]:
        self._open(self._path.with_name(self._path.name + ".1"))
        if self._file is None:
            self._open(self._path)
        yield from self.more()

    def _open(self, path: Path) -> None:
        with suppress(FileNotFoundError):
            opened = path.open("rb", buffering=0)
            self.close()
            self._file, self._rest = opened, b""

    def _was_rotated(self) -> bool:
        try:
            present = self._path.stat()
        except OSError:
            return False
        return self._file is None or not os.path.samestat(os.fstat(self._file.fileno()), present)

    def _read(self) -> Iterator[LogLine]:
        while self._file and (data := self._file.read(1 << 16)):
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                with suppress(ValueError, TypeError):  # a line the disk had no room for
                    parsed = LogLine(**json.loads(line))
                    if not self._nodes or parsed.node in self._nodes:
                        yield parsed
