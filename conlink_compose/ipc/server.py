"""A listening socket: any number of clients; none can hold up another or grow our memory."""

from __future__ import annotations

import array
import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from conlink_compose.ipc.loop import Loop
from conlink_compose.ipc.message import LONGEST_REQUEST, Message, decode, encode

_AT_A_TIME = 64 << 10  # bytes
_WAKE = b"{}\n"
_ACCEPT_AGAIN = 0.1  # seconds

Handle = Callable[["Client", Message], None]

_log = logging.getLogger(__name__)


class Client:
    """One connection. No request of it is read while a reply to it waits to be sent."""

    def __init__(self, server: Server, connection: socket.socket) -> None:
        self._server = server
        self._connection = connection
        self._input = bytearray()
        self._output = bytearray()
        self.topic: str | None = None
        connection.setblocking(False)
        self._watch()

    def reply(self, **fields: Any) -> None:
        self._send(encode({"ok": True, **fields}))

    def refuse(self, sentence: str, **fields: Any) -> None:
        self._send(encode({"error": sentence, **fields}))

    def reply_with(self, fd: int, **fields: Any) -> None:
        """A reply that carries a file descriptor along with its first byte."""
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))
        data = encode({"ok": True, **fields})
        try:
            sent = self._connection.sendmsg([data], [rights])
        except OSError:  # it does not read what it asked for
            self.close()
        else:
            self._send(data[sent:])

    def wake(self) -> None:
        """Tell a subscriber; one that has not read the last word needs no second."""
        if not self._output:
            self._send(_WAKE)

    def close(self) -> None:
        if self._connection.fileno() >= 0:
            self._server.forget(self)
            self._server.loop.watch(self._connection.fileno(), None)
            self._connection.close()

    def _send(self, data: bytes) -> None:
        self._output += data
        self._transmit()

    def _writable(self) -> None:
        self._transmit()
        self._obey_next()

    def _transmit(self) -> None:
        if self._connection.fileno() < 0:
            return
        try:
            sent = self._connection.send(self._output) if self._output else 0
        except BlockingIOError:
            sent = 0
        except OSError:
            self.close()
            return
        del self._output[:sent]
        self._watch()

    def _read(self) -> None:
        try:
            data = self._connection.recv(_AT_A_TIME)
        except OSError:
            data = b""
        self._input += data
        if not data:
            self.close()
        elif len(self._input) > LONGEST_REQUEST:
            self.refuse("the request is too long")
            self.close()
        elif b"\n" in data:
            self._obey_next()

    def _obey_next(self) -> None:
        while not self._output and self._connection.fileno() >= 0:
            line, newline, _ = self._input.partition(b"\n")
            if not newline:
                return
            del self._input[: len(line) + 1]
            self._obey(bytes(line))

    def _obey(self, line: bytes) -> None:
        try:
            self._server.handle(self, decode(line))
        except ValueError as error:
            self.refuse(str(error))
        except Exception:  # a mistake of ours in one request must not end the whole process
            _log.exception("the request %r failed", line[:80])
            self.refuse(f"the request `{line[:80]!r}` failed: see {self._server.log}")

    def _watch(self) -> None:
        readable = None if self._output else self._read
        writable = self._writable if self._output else None
        self._server.loop.watch(self._connection.fileno(), readable, writable)


def listening_socket(path: str) -> socket.socket:
    """A socket that listens at `path` for its owner alone, in the place of one that was killed.

    Raises `OSError`.
    """
    listener = socket.socket(
        socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
    )
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108 -- by way of a descriptor, no Path
    listener.bind(path)
    os.chmod(path, 0o600)  # noqa: PTH101 -- by way of a descriptor, no Path
    listener.listen(64)
    return listener


class Server:
    """Serves those who connect to `listener`; `handle` is given each request, with its client.
    `log` is where this process's stderr goes."""

    def __init__(self, loop: Loop, listener: socket.socket, handle: Handle, log: str) -> None:
        self.loop, self.handle, self.log = loop, handle, log
        self.clients: set[Client] = set()
        self._listener = listener
        self._listen()

    def wake(self, *topics: str) -> None:
        """Tell those who asked for `events` of one of `topics`."""
        for client in list(self.clients):
            if client.topic in topics:
                client.wake()

    def forget(self, client: Client) -> None:
        self.clients.discard(client)

    def _listen(self) -> None:
        self.loop.watch(self._listener.fileno(), self._accept)

    def _accept(self) -> None:
        try:
            connection = self._listener.accept()[0]
        except BlockingIOError:  # it is gone already
            return
        except OSError:  # no descriptor is left: it waits in the queue, and we do not spin
            self.loop.watch(self._listener.fileno(), None)
            self.loop.call_in(_ACCEPT_AGAIN, self._listen)
            return
        self.clients.add(Client(self, connection))
