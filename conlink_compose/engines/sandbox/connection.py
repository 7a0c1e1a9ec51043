"""One connection to a supervisor, with answers as values and failures as sentences."""

from __future__ import annotations

import os
import select
import socket
import struct
from pathlib import Path
from types import TracebackType
from typing import Any

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox import SandboxError, StoppingError
from conlink_compose.engines.sandbox import folder as state
from conlink_compose.engines.sandbox.protocol import decode, encode

PATIENCE = 30.0
"""Seconds for an answer. The supervisor decides in milliseconds; one that is stopped never does."""

_AT_A_TIME = 64 << 10
_UCRED = struct.Struct("3i")  # pid, uid, gid


class Connection:
    def __init__(self, folder: Path) -> None:
        """Raises `EngineUnreachableError`."""
        self._folder = folder
        self._input = bytearray()
        try:
            self._socket = state.connect(folder)
        except OSError as error:
            raise self._unreachable() from error
        self._socket.settimeout(PATIENCE)

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def fileno(self) -> int:
        return self._socket.fileno()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raises `SandboxError` with the supervisor's refusal, `EngineUnreachableError`."""
        self._send(request)
        return self.next_answer()

    def ask_for_descriptor(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        """The answer, and the file descriptors that came with it."""
        self._send(request)
        try:
            data, fds, _, _ = socket.recv_fds(self._socket, _AT_A_TIME, 1)
        except OSError as error:
            raise self._unreachable() from error
        self._input += data
        return self.next_answer(), fds

    def next_answer(self) -> dict[str, Any]:
        answer = decode(self._line())
        if "error" in answer:
            kind = StoppingError if answer.get("stopping") else SandboxError
            raise kind(answer["error"])
        return answer

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

    def wait(self) -> bool:
        """Wait for an event and drain it. False at the end of the supervisor."""
        select.select([self._socket], [], [])
        try:
            self.drain()
        except EngineUnreachableError:
            return False
        return True

    def drain(self) -> None:
        """Forget the events so far. Raises `EngineUnreachableError` at the supervisor's end."""
        self._socket.setblocking(False)  # with a timeout Python itself waits, MSG_DONTWAIT or not
        while True:
            try:
                if not self._socket.recv(_AT_A_TIME):
                    raise self._unreachable()
            except BlockingIOError:
                return
            except OSError as error:
                raise self._unreachable() from error

    def peer_pid(self) -> int:
        """The supervisor's pid in this process's pid namespace; the kernel keeps who listened."""
        credentials = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
        return int(_UCRED.unpack(credentials)[0])

    def _open_peer(self) -> int | None:
        try:
            return os.pidfd_open(self.peer_pid())
        except OSError:
            return None

    def _send(self, request: dict[str, Any]) -> None:
        try:
            self._socket.sendall(encode(request))
        except OSError as error:
            raise self._unreachable() from error

    def _line(self) -> bytes:
        while b"\n" not in self._input:
            try:
                data = self._socket.recv(_AT_A_TIME)
            except OSError as error:
                raise self._unreachable() from error
            if not data:
                raise self._unreachable()
            self._input += data
        line, _, self._input = self._input.partition(b"\n")
        return bytes(line)

    def _unreachable(self) -> EngineUnreachableError:
        return EngineUnreachableError(
            f"no supervisor answers in {self._folder}: the project is not up"
        )
