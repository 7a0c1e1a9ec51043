"""The engine, as the network service reaches it: by the socket that is mounted into it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from conlink_compose.engines import EngineRefusedError, EngineUnreachableError
from conlink_compose.engines.docker.api import PATIENCE, connect, sentences
from conlink_compose.engines.docker.own_container import machine_file
from conlink_compose.render.injected import SOCKET

T = TypeVar("T")


class Reach:
    """A mount holds the socket that was there when the container started. A daemon that is started
    again makes another in its place, unless systemd keeps it; then the way leads over the machine's
    own files to the same path."""

    def __init__(self) -> None:
        self._path = SOCKET
        self._api: Any = None

    def learn(self, own: Mapping[str, Any]) -> None:
        """What the engine says of our container: from where the socket is mounted."""
        for mount in own.get("Mounts", ()):
            if mount["Destination"] == SOCKET:
                self._path = mount["Source"]

    def connect(self, patience: float | None = PATIENCE) -> Any:
        """A new client. Raises `EngineUnreachableError`."""
        try:
            return connect(patience)
        except EngineUnreachableError:
            path = None if os.environ.get("DOCKER_HOST") else machine_file(self._path)
            if path is None:
                raise
            return connect(patience, f"unix://{path}")

    def ask(self, question: Callable[[Any], T]) -> T:
        """The answer to `question(client)`. After a failure there is a new client: its daemon may
        be another, of another version. `NotFound` passes.

        Raises `EngineUnreachableError`, `DockerRefusedError`.
        """
        try:
            self._api = self._api or self.connect()
            with sentences():
                return question(self._api)
        except (EngineUnreachableError, EngineRefusedError):
            self._api = None
            raise
