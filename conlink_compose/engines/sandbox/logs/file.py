"""What a node wrote, in a file of its own: a chatty one pushes nobody else's lines out.

One JSON object a line:
`{"time": "2026-01-31T12:00:00.123456Z", "node": "web-1", "stream": "stdout", "text": "..."}`.
`stream` is stdout, stderr, or engine for what the engine says about the node.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

SUFFIX = ".jsonl"
OLDER = ".1"
"""The file that is full takes this name, in place of the one before."""

ROTATE_AT = 2 << 20
"""Bytes. /run is memory on most machines, and there may be a thousand nodes."""


class LogFile:
    """Appends to `path`. A full disk loses lines, never a node, and what is written later is whole
    again."""

    def __init__(
        self, path: Path, node: str, on_write: Callable[[], object], rotate_at: int = ROTATE_AT
    ) -> None:
        self._path, self._node = path, node
        self._on_write, self._rotate_at = on_write, rotate_at
        self._fd = -1
        self._size = 0
        self._torn = False

    def open(self) -> None:
        """Before there is a line: who follows the logs holds all files open by the time the
        folder is removed, and misses no last word."""
        if self._fd < 0:
            with suppress(OSError):
                self._open()
                self._on_write()

    def write(self, stream: str, texts: Sequence[str]) -> None:
        data = self._encode(stream, texts)
        with suppress(OSError):
            self._make_room(len(data))
            written = os.write(self._fd, data)
            self._size += written
            self._torn = written < len(data)
            self._on_write()

    def remove(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
        self._path.unlink(missing_ok=True)
        self._older.unlink(missing_ok=True)

    @property
    def _older(self) -> Path:
        return self._path.with_name(self._path.name + OLDER)

    def _encode(self, stream: str, texts: Sequence[str]) -> bytes:
        now = _timestamp(time.time())
        lines = (
            json.dumps({"time": now, "node": self._node, "stream": stream, "text": text}) + "\n"
            for text in texts
        )
        # The disk had no room for the end of the line before.
        return "".join(("\n" if self._torn else "", *lines)).encode()

    def _make_room(self, size: int) -> None:
        if self._fd < 0:
            self._open()
        elif self._size and self._size + size > self._rotate_at:
            with suppress(FileNotFoundError):  # renamed by a rotation that came no further
                self._path.rename(self._older)
            full = self._fd
            self._open()
            os.close(full)

    def _open(self) -> None:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._fd = os.open(self._path, flags, 0o600)
        self._size = os.fstat(self._fd).st_size
        self._torn = False


def _timestamp(seconds: float) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1_000_000):06d}Z"
