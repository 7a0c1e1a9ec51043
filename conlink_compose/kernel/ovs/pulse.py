"""Whether a program of Open vSwitch still answers, asked now and then by a socket of its own.

One that is stopped, or waits for what never comes, ends by itself no more than it does its work.
"""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import NamedTuple

from conlink_compose.kernel.ovs.ovsdb import connected

_EVERY = 1.0
"""Seconds from an answer to the next question."""
PATIENCE = 50
"""Looks in a row without an answer, and without any work. Not seconds: whoever looks may have had
to wait for a processor itself."""

_AT_WORK = ("R", "D")
"""States of proc_pid_stat(5): running or waiting for a processor; waiting inside the kernel, where
not even SIGKILL would reach it."""


class Question(NamedTuple):
    """The name of a socket in the folder, and a method that whoever listens there answers at once
    (JSON-RPC: RFC 7047, 4.1.11; ovs-appctl(8), version)."""

    socket: str
    method: str


class Pulse:
    """Of the process `pid`, from its start on. A busy one answers late, and is left alone for as
    long as it works: so is one that loops without end, for nobody can tell the two apart."""

    def __init__(self, pid: int, folder: str, question: Question, patience: int = PATIENCE) -> None:
        self._stat = Path(f"/proc/{pid}/task/{pid}/stat")  # of the thread that would answer
        self._folder, self._question, self._patience = folder, question, patience
        self._asked: socket.socket | None = None
        self._has_answered = False
        self._not_before = 0.0
        self._in_vain = 0
        self._used = ""

    def is_lost(self) -> bool:
        """Whether it will not answer any more; to be asked ten times a second. Never waits."""
        now = time.monotonic()
        if now < self._not_before:
            return False
        try:
            if self._is_answered():
                self.close()
                self._has_answered, self._not_before, self._in_vain = True, now + _EVERY, 0
                return False
        except (FileNotFoundError, ConnectionRefusedError):
            self.close()
            if self._has_answered:  # somebody took its socket away, and it does not make another
                return True
        except OSError:
            self.close()
        self._in_vain = 0 if self._works() else self._in_vain + 1
        return self._in_vain >= self._patience

    def close(self) -> None:
        if self._asked:
            self._asked.close()
        self._asked = None

    def _is_answered(self) -> bool:
        """Raises OSError where it could not be asked, or hung up."""
        if self._asked is None:
            self._asked = connected(self._folder, self._question.socket, patience=0.0)
            question = {"method": self._question.method, "params": [], "id": 0}
            self._asked.sendall(json.dumps(question).encode())
        try:
            answer = self._asked.recv(1 << 16)
        except BlockingIOError:
            return False
        if not answer:
            raise ConnectionResetError
        return True

    def _works(self) -> bool:
        """Whether it has done anything since it was last looked at."""
        try:
            words = self._stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            return True
        before, self._used = self._used, " ".join(words[11:13])  # utime, stime
        return words[0] in _AT_WORK or self._used != before
