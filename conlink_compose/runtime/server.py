"""The runtime's socket: one JSON object a line, in both directions.

A client that does not read what it is sent is dropped after five seconds.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
from dataclasses import dataclass, field
from pathlib import Path

from conlink_compose.engines.sandbox.folder import socket_address

LONGEST_REQUEST = 64 << 20
"""Bytes. A topology of 100,000 links is about 30 MB of JSON."""

REPLY_PATIENCE = 5.0
"""Seconds a client has to take its reply."""


@dataclass(eq=False, slots=True)
class Client:
    connection: socket.socket
    buffer: bytearray = field(default_factory=bytearray)


class Server:
    """Listens at `path`, replacing what a runtime that was killed left there."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with socket_address(path.parent, path.name) as address:
            self._listener.bind(address)
        self._listener.listen()
        self._listener.setblocking(False)
        self._selector = selectors.EpollSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._clients: set[Client] = set()

    def fileno(self) -> int:
        """Readable when somebody connects or says something: an epoll can itself be polled."""
        return self._selector.fileno()

    def requests(self) -> list[tuple[Client, dict[str, object]]]:
        """What clients have asked since the last call."""
        found: list[tuple[Client, dict[str, object]]] = []
        for key, _ in self._selector.select(0):
            if key.fileobj is self._listener:
                self._accept()
            else:
                found += [(key.data, request) for request in self._read(key.data)]
        return found

    def reply(self, client: Client, answer: dict[str, object]) -> None:
        if client in self._clients:
            try:
                client.connection.sendall(json.dumps(answer).encode() + b"\n")
            except OSError:
                self._drop(client)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it went away again, or descriptors are scarce
            connection, _ = self._listener.accept()
            connection.settimeout(REPLY_PATIENCE)
            client = Client(connection)
            self._clients.add(client)
            self._selector.register(connection, selectors.EVENT_READ, client)

    def _read(self, client: Client) -> list[dict[str, object]]:
        try:
            data = client.connection.recv(1 << 16)
        except OSError:
            data = b""
        client.buffer += data
        if not data or len(client.buffer) > LONGEST_REQUEST:
            self._drop(client)
            return []
        if b"\n" not in data:  # a long line arrives in many pieces: split it once
            return []
        *lines, rest = client.buffer.split(b"\n")
        client.buffer = bytearray(rest)
        return [request for line in lines if (request := self._understand(client, bytes(line)))]

    def _understand(self, client: Client, line: bytes) -> dict[str, object] | None:
        try:
            request = json.loads(line)
        except ValueError:
            request = None
        if not isinstance(request, dict):
            self.reply(client, {"error": "a request is one JSON object on one line"})
            return None
        return request

    def _drop(self, client: Client) -> None:
        self._clients.discard(client)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(client.connection)
        client.connection.close()
