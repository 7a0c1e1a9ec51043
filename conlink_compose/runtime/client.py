"""Asking a runtime: what the CLI knows of it."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox.folder import socket_address

Answer = dict[str, Any]

BIRTH_PATIENCE = 10.0
"""Seconds a runtime may take to open its socket: a cold start on a busy machine."""

ANSWER_PATIENCE = 60.0
"""Seconds; a look at 10,000 namespaces takes two."""


def ask(socket_path: Path, **request: object) -> Answer:
    """One request, one answer. Raises `EngineUnreachableError`."""
    with _connection(socket_path) as connection:
        return _talk(socket_path, connection, request)


@contextmanager
def _connection(socket_path: Path) -> Iterator[socket.socket]:
    deadline = time.monotonic() + BIRTH_PATIENCE
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with socket_address(socket_path.parent, socket_path.name) as address:
                connection.connect(address)
            break
        except OSError as error:
            connection.close()
            if not socket_path.parent.exists() or time.monotonic() > deadline:
                raise EngineUnreachableError(_silence(socket_path)) from error
            time.sleep(0.01)
    with connection:
        connection.settimeout(ANSWER_PATIENCE)
        yield connection


def _talk(socket_path: Path, connection: socket.socket, request: dict[str, object]) -> Answer:
    try:
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("rb") as lines:
            line = lines.readline()
    except OSError as error:
        raise EngineUnreachableError(_silence(socket_path)) from error
    if not line:
        raise EngineUnreachableError(_silence(socket_path))
    answer: Answer = json.loads(line)
    if "error" in answer:
        raise EngineUnreachableError(f"the runtime says: {answer['error']}")
    return answer


def _silence(socket_path: Path) -> str:
    if not socket_path.parent.exists():
        return f"project {socket_path.parent.name} has been taken down"
    return (
        f"the runtime of project {socket_path.parent.name} does not answer; "
        f"what it said last is in {socket_path.parent / 'runtime.log'}"
    )
