"""From the pipe of a process into the log of its node, line by line."""

from __future__ import annotations

import codecs
import os
from collections.abc import Sequence

from conlink_compose.engines.sandbox.logs.file import LogFile
from conlink_compose.ipc.loop import Loop

LONGEST_LINE = 16 << 10  # characters; a longer one is cut into several
_AT_A_TIME = 64 << 10  # bytes read from one node before the next has its turn


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

    def __init__(self, loop: Loop, log: LogFile, fd: int, stream: str) -> None:
        self._loop, self._log, self._fd, self._stream = loop, log, fd, stream
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
            self._log.write(self._stream, texts)


def _pieces(line: str) -> list[str]:
    if len(line) <= LONGEST_LINE:
        return [line]
    return [line[at : at + LONGEST_LINE] for at in range(0, len(line), LONGEST_LINE)]
