"""Asking the runtime of a project over its socket."""

from __future__ import annotations

import time
from pathlib import Path

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox import SilentError
from conlink_compose.engines.sandbox.client.peer import is_stopped, peer_pid
from conlink_compose.engines.sandbox.folder import (
    RUNTIME_LOG,
    RUNTIME_SOCKET,
    new_socket,
    socket_address,
)
from conlink_compose.ipc import connection
from conlink_compose.ipc.message import Message

BIRTH_PATIENCE = 20.0
"""Seconds a runtime may take to open its socket: a cold start on a busy machine, or another one
after it died."""

ANSWER_PATIENCE = 60.0
"""Seconds; a look at 10,000 namespaces takes two."""


class _LostError(EngineUnreachableError):
    """The connection ended before the answer came."""


def ask(folder: Path, **request: object) -> Message:
    """One request, one answer. A runtime that dies over it is started again, and asked again:
    whatever is asked of it may be asked twice. Raises `EngineUnreachableError`."""
    deadline = time.monotonic() + BIRTH_PATIENCE
    while True:
        try:
            with _Connection(folder, deadline) as asked:
                return asked.ask(request)
        except _LostError:
            if time.monotonic() > deadline:
                raise


class _Connection(connection.Connection):
    def __init__(self, folder: Path, deadline: float) -> None:
        self._folder = folder
        while True:
            connected = new_socket()
            try:
                with socket_address(folder, RUNTIME_SOCKET) as address:
                    connected.connect(address)
                break
            except OSError as error:
                connected.close()
                if not folder.exists() or time.monotonic() > deadline:
                    raise self._unreachable(EngineUnreachableError) from error
                time.sleep(0.01)
        super().__init__(connected, ANSWER_PATIENCE)

    def unreachable(self) -> Exception:
        return self._unreachable(_LostError)

    def _unreachable(self, kind: type[EngineUnreachableError]) -> EngineUnreachableError:
        if not self._folder.exists():
            return EngineUnreachableError(f"project {self._folder.name} has been taken down")
        log = self._folder / RUNTIME_LOG
        said = f"; what it said last is in {log}" if log.exists() else ""
        return kind(f"the runtime of project {self._folder.name} does not answer{said}")

    def silent(self) -> Exception:
        pid = peer_pid(self._socket)
        who = f"the runtime of project {self._folder.name} (pid {pid})"
        ends = f"`kill -KILL {pid}` has another take its place, and no packet is lost"
        if self.is_hopeless():
            return SilentError(
                f"{who} is stopped and answers nobody: `kill -CONT {pid}` lets it go on, {ends}"
            )
        log = self._folder / RUNTIME_LOG
        return SilentError(f"{who} does not answer: {ends}; what it said last is in {log}")

    def is_hopeless(self) -> bool:
        return is_stopped(peer_pid(self._socket))

    def refused(self, answer: Message) -> Exception:
        return EngineUnreachableError(f"the runtime says: {answer['error']}")
