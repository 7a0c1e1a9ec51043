"""Who the supervisor of a test's project is."""

from __future__ import annotations

from conlink_compose.engines.sandbox.client.connection import Connection
from conlink_compose.engines.sandbox.client.control import Control


def supervisor_pid(control: Control) -> int:
    """Its pid as this process sees it."""
    with Connection(control.folder) as connection:
        return connection.peer_pid()
