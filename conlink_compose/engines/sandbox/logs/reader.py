"""Reads the nodes' logs from outside: what is kept, and what is added to it, by time."""

from __future__ import annotations

import heapq
import json
import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO

from conlink_compose.engines import LogLine
from conlink_compose.engines.sandbox.logs.file import OLDER, SUFFIX

_by_time = attrgetter("time")


class LogReader:
    """All logs in `folder`, or those of `nodes`."""

    def __init__(self, folder: Path, nodes: frozenset[str] = frozenset()) -> None:
        self._folder, self._nodes = folder, nodes
        self._files: dict[str, _File] = {}

    def last(self, count: int | None) -> Iterator[LogLine]:
        """The last `count` lines of each node, or all. Call it once, before `more`. From the call
        on, not from the first line on, no file can be missed, even if it is removed."""
        self._look_for_files()
        return heapq.merge(*[file.last(count) for file in self._files.values()], key=_by_time)

    def more(self) -> Iterator[LogLine]:
        """What was added since."""
        self._look_for_files()
        added = [line for file in self._files.values() for line in file.more()]
        yield from sorted(added, key=_by_time)

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _look_for_files(self) -> None:
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                node = entry.name.removesuffix(SUFFIX)
                wanted = not self._nodes or node in self._nodes
                if entry.name.endswith(SUFFIX) and wanted and node not in self._files:
                    self._files[node] = _File(self._folder / entry.name)


class _File:
    """One node's: the older part, the present one, and what is added to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._rest = b""
        self._open(path.with_name(path.name + OLDER))
        if self._file is None:
            self._open(path)

    def last(self, count: int | None) -> Iterator[LogLine]:
        return self.more() if count is None else iter(deque(self.more(), maxlen=count))

    def more(self) -> Iterator[LogLine]:
        """Across a rotation too."""
        yield from self._read()
        while self._was_rotated():
            self._open(self._path)
            yield from self._read()

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

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
                    yield LogLine(**json.loads(line))
