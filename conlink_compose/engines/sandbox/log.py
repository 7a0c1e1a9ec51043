"""The project's log: one JSON object per line that a node wrote.

`{"time": "2026-01-31T12:00:00.123456Z", "node": "web-1", "stream": "stdout", "text": "..."}`.
`stream` is stdout, stderr, or engine for what the engine says about the node.
"""

from __future__ import annotations

import codecs
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from conlink_compose.engines.sandbox.loop import Loop

ROTATE_AT = 10 << 20  # bytes
LONGEST_LINE = 16 << 10  # characters; a longer one is cut into several
_AT_A_TIME = 64 << 10  # bytes read from one node before the next has its turn


class LogFile:
    """Appends; the file that is full becomes `<name>.1` in place of the one before."""

    def __init__(self, path: Path, rotate_at: int = ROTATE_AT) -> None:
        self._path = path
        self._rotate_at = rotate_at
        self.on_write: Callable[[], None] = lambda: None
        self._open()

    def write(self, node: str, stream: str, texts: Sequence[str]) -> None:
        """A full disk loses lines, never a node."""
        now = _timestamp(time.time())
        lines = (
            json.dumps({"time": now, "node": node, "stream": stream, "text": text}) + "\n"
            for text in texts
        )
        data = "".join(lines).encode()
        try:
            if self._size and self._size + len(data) > self._rotate_at:
                self._rotate()
            self._size += os.write(self._fd, data)
        except OSError:
            return
        self.on_write()

    def _rotate(self) -> None:
        self._path.rename(self._path.with_name(self._path.name + ".1"))
        os.close(self._fd)
        self._open()

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._fd = os.open(self._path, flags, 0o600)
        self._size = os.fstat(self._fd).st_size


class Lines:
    """Cuts a stream of bytes into lines. What is not UTF-8 becomes replacement characters."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""

    def feed(self, data: bytes) -> list[str]:
        """The lines that `data` completes."""
        *lines, self._rest = (self._rest + self._decode(data)).split("\n")
        while len(self._rest) >= LONGEST_LINE:
            lines.append(self._rest[:LONGEST_LINE])
            self._rest = self._rest[LONGEST_LINE:]
        return [piece for line in lines for piece in _pieces(line.removesuffix("\r"))]

    def end(self) -> list[str]:
        """What is left without a line's end."""
        rest = self._rest + self._decode(b"", True)
        self._rest = ""
        return [rest] if rest else []


class Pump:
    """Carries what a process writes from its pipe into the log, a piece at a time."""

    def __init__(self, loop: Loop, log: LogFile, fd: int, node: str, stream: str) -> None:
        self._loop, self._log, self._fd = loop, log, fd
        self._node, self._stream = node, stream
        self._lines = Lines()
        os.set_blocking(fd, False)
        loop.watch(fd, self._carry)

    @property
    def is_open(self) -> bool:
        return self._fd >= 0

    def catch_up(self) -> None:
        """Carry what the pipe holds now: 64 KiB at most, as pipe(7) says."""
        if self.is_open:
            self._carry()

    def finish(self) -> None:
        """Carry the rest, a line without an end too. Call it when the writers are dead."""
        while self.is_open and self._carry():
            pass
        self._close()

    def _carry(self) -> bool:
        try:
            data = os.read(self._fd, _AT_A_TIME)
        except BlockingIOError:
            return False
        if not data:
            self._close()
            return False
        self._write(self._lines.feed(data))
        return True

    def _close(self) -> None:
        if self.is_open:
            self._loop.watch(self._fd, None)
            os.close(self._fd)
            self._fd = -1
            self._write(self._lines.end())

    def _write(self, texts: Sequence[str]) -> None:
        if texts:
            self._log.write(self._node, self._stream, texts)


def _pieces(line: str) -> list[str]:
    if len(line) <= LONGEST_LINE:
        return [line]
    return [line[at : at + LONGEST_LINE] for at in range(0, len(line), LONGEST_LINE)]


def _timestamp(seconds: float) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1_000_000):06d}Z"
