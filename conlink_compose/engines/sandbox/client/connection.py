"""One connection to a supervisor, with failures as sentences."""

from __future__ import annotations

import os
import select
import socket
import struct
from pathlib import Path

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox import SandboxError, StoppingError
from conlink_compose.engines.sandbox import folder as state
from conlink_compose.ipc import connection
from conlink_compose.ipc.message import Message

PATIENCE = 30.0
"""Seconds for an answer. The supervisor decides in milliseconds; one that is stopped never does."""

_UCRED = struct.Struct("3i")  # pid, uid, gid


class Connection(connection.Connection):
    """Raises `EngineUnreachableError` where nobody answers, `SandboxError` with a refusal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            connected = state.connect(folder)
        except OSError as error:
            raise self.unreachable() from error
        super().__init__(connected, PATIENCE)

    def unreachable(self) -> Exception:
        return EngineUnreachableError(
            f"no supervisor answers in {self._folder}: the project is not up"
        )

    def refused(self, answer: Message) -> Exception:
        kind = StoppingError if answer.get("stopping") else SandboxError
        return kind(answer["error"])

    def await_end(self, seconds: float) -> None:
        """Wait for the last answer and for the end of the supervisor itself.

        Raises `EngineUnreachableError` where that takes more than `seconds` and some.
        """
        pidfd = self._open_peer()
        self._socket.settimeout(seconds + PATIENCE)
        self.next_answer()
        if pidfd is not None:
            select.select([pidfd], [], [], PATIENCE)
            os.close(pidfd)

    def peer_pid(self) -> int:
        """The supervisor's pid in this process's pid namespace; the kernel keeps who listened."""
        credentials = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
        return int(_UCRED.unpack(credentials)[0])

    def _open_peer(self) -> int | None:
        try:
            return os.pidfd_open(self.peer_pid())
        except OSError:
            return None
