"""A connection to the runtime of a project, by way of the engine."""

from __future__ import annotations

import socket
import struct
from typing import Any, cast

from docker.errors import NotFound

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.docker import DockerRefusedError
from conlink_compose.engines.docker.api import sentences
from conlink_compose.ipc import connection
from conlink_compose.ipc.message import Message

RELAY = ("python3", "-P", "-m", "conlink_compose.engines.docker.relay")
PATIENCE = 60.0
"""Seconds for an answer."""

_HEADER = struct.Struct(">BxxxI")  # the stream, the length: Engine API, "attach", stream format
_STDOUT = 1


class RuntimeConnection(connection.Connection):
    """Raises `EngineUnreachableError` where there is no runtime yet, or no longer."""

    def __init__(self, api: Any, container: str) -> None:
        try:
            with sentences():
                made = api.exec_create(container, list(RELAY), stdin=True)
                raw = api.exec_start(made["Id"], socket=True)
        except NotFound as gone:
            raise EngineUnreachableError("the network service is gone") from gone
        except DockerRefusedError as refused:  # while it is started again it takes no program
            raise EngineUnreachableError(str(refused)) from refused
        self._stream = _Frames(getattr(raw, "_sock", raw))
        super().__init__(cast("socket.socket", self._stream), PATIENCE)

    def unreachable(self) -> Exception:
        said = self._stream.complaint.decode(errors="replace").strip()
        return EngineUnreachableError(said or "the runtime of the project does not answer")

    def refused(self, answer: Message) -> Exception:
        return EngineUnreachableError(f"the runtime says: {answer['error']}")


class _Frames:
    """What `Connection` asks of a socket, over a stream that mixes stdout and stderr."""

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        self._input = bytearray()
        self._left = 0  # of the present frame
        self._stream = _STDOUT
        self.complaint = b""

    def settimeout(self, seconds: float) -> None:
        self._raw.settimeout(seconds)

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()

    def sendall(self, data: bytes) -> None:
        self._raw.sendall(data)

    def recv(self, most: int) -> bytes:
        """Of stdout; empty at its end. What stderr said is kept."""
        while True:
            if not self._left and not self._begin_frame():
                return b""
            data = self._take(min(most, self._left))
            self._left -= len(data)
            if self._stream == _STDOUT or not data:
                return data
            self.complaint += data

    def _begin_frame(self) -> bool:
        while len(self._input) < _HEADER.size:
            data = self._raw.recv(4096)
            if not data:
                return False
            self._input += data
        self._stream, self._left = _HEADER.unpack_from(self._input)
        del self._input[: _HEADER.size]
        return True

    def _take(self, most: int) -> bytes:
        if not self._input:
            return self._raw.recv(most)
        data = bytes(self._input[:most])
        del self._input[:most]
        return data
