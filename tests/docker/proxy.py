"""A proxy before the engine's socket: it lets nothing but GET requests pass, and notes them."""

from __future__ import annotations

import re
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.docker.conftest import Engine

_OLD_FIELDS = re.compile(rb'"(status|id|from)":')
"""Of an event; API 1.52 has them no longer. Nothing else of an answer is called so."""
_REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """`seen` has the requests, as `GET /v1.41/containers/json`; the engine finds the socket at
    `path`. While it is `away` it answers nobody; while it is `deaf`, it gives no events. What an
    event says in a field that newer engines lack is called otherwise; `renamed` counts that."""

    def __init__(self, engine: Engine) -> None:
        self._upstream = engine.host.removeprefix("unix://")
        self._file = Path(self._upstream).parent / f"proxy-{uuid.uuid4().hex[:8]}.sock"
        self.path = f"/run/{self._file.name}"  # an engine of .ci/engine has this folder as its /run
        self.seen: list[str] = []
        self.renamed = 0
        self.away = self.deaf = False
        self._connections: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._file))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        self._file.unlink()
        self.cut()

    def cut(self) -> None:
        """End every connection, the stream of events too."""
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._connections = []

    def leave(self) -> None:
        self.away = True
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            if self.away:
                client.close()
            else:
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as engine, suppress(OSError):
            engine.connect(self._upstream)
            self._connections += [client, engine]
            threading.Thread(target=self._answer, args=(engine, client), daemon=True).start()
            for head in _heads(client):
                request = head.split(b" HTTP/", 1)[0].decode()
                self.seen.append(request)
                if not request.startswith("GET ") or (self.deaf and "/events" in request):
                    client.sendall(_REFUSED)
                    return
                engine.sendall(head)

    def _answer(self, engine: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := engine.recv(65536):
                # As long as before: HTTP says the length of each piece in front of it.
                data, count = _OLD_FIELDS.subn(lambda field: field[0].upper(), data)
                self.renamed += count
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)


def _heads(client: socket.socket) -> Iterator[bytes]:
    """The heads of the requests; a GET request has nothing else."""
    data = b""
    while more := client.recv(65536):
        data += more
        while b"\r\n\r\n" in data:
            head, _, data = data.partition(b"\r\n\r\n")
            yield head + b"\r\n\r\n"


@contextmanager
def proxy_of(engine: Engine) -> Iterator[Proxy]:
    made = Proxy(engine)
    try:
        yield made
    finally:
        made.close()
