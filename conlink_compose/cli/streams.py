"""The three standard streams, made safe to use: closed ones, and those that nobody reads any more.

A command does its work and ends with its own status whether or not somebody listens. Only a full
disk behind stdout is told: there a result that was asked for is lost.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO

_OUT, _ERR = 1, 2


class _Output(io.FileIO):
    """The descriptor `number`. What is written after its reader has gone goes nowhere; of stderr,
    also what cannot be written for another reason, for where should that be told?"""

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self.has_reader = True

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data) if self.has_reader else len(data)
        except OSError as error:
            if self.fileno() != _ERR and not isinstance(error, BrokenPipeError):
                raise
            self.has_reader = False
            return len(data)


_outputs: dict[int, _Output] = {}


def make_safe() -> None:
    """Call it before anything is opened, which would get the number of a stream that is closed."""
    while (null := os.open(os.devnull, os.O_RDWR)) <= _ERR:
        os.set_inheritable(null, True)  # a program that this process becomes has it too
    os.close(null)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = _safe(_OUT, sys.stdout)
    sys.stderr = _safe(_ERR, sys.stderr)


def is_read() -> bool:
    """Whether somebody may still be reading stdout; known when something was written."""
    sys.stdout.flush()
    return _OUT not in _outputs or _outputs[_OUT].has_reader


def _safe(number: int, before: TextIO | None) -> TextIO:
    _outputs[number] = _Output(number)
    return io.TextIOWrapper(
        io.BufferedWriter(_outputs[number]),
        encoding=before.encoding if before else "utf-8",
        errors=before.errors if before else "backslashreplace",
        line_buffering=number == _ERR or os.isatty(number),
    )
