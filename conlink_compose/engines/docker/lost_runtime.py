"""What tells a runtime that is about to answer from one that never will."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docker.errors import NotFound

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.docker.api import sentences

HOPELESS = 2
"""Restarts while somebody waits. One may be an upgrade, or a kill that is being mended."""

LINES = 3
"""Of its log, that are told."""

Container = Mapping[str, Any]


class LostRuntime:
    """Looks after the container of a runtime for as long as nobody answers there."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self._restarts: dict[str, int] = {}

    def look(self, container: Container) -> None:
        """Raises `EngineUnreachableError`, with what the runtime said last, where it has ended and
        nobody starts it, or where it is started again and again."""
        try:
            with sentences():
                found = self._api.inspect_container(container["Id"])
        except NotFound:
            return
        state, restarts = found["State"], found["RestartCount"]
        first = self._restarts.setdefault(found["Id"], restarts)
        if state["Status"] in ("exited", "dead"):
            raise self._ended(found, "has stopped")
        if restarts - first >= HOPELESS:
            raise self._ended(found, "starts again and again")

    def _ended(self, found: Container, what: str) -> EngineUnreachableError:
        name = found["Name"].removeprefix("/")
        with sentences():
            log = self._api.logs(found["Id"], tail=LINES).decode(errors="replace")
        said = "; ".join(line for line in log.splitlines() if line.strip())
        return EngineUnreachableError(
            f"the network service {name} {what}: it ended with {found['State']['ExitCode']}"
            f"{f': {said}' if said else ''}. `docker logs {name}` shows the whole of its log"
        )
