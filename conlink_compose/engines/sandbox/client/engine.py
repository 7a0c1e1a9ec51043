"""The runtime's side of the sandbox. It runs in the project's pid namespace, as do its paths."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

from conlink_compose.engines import EngineEndedError, OvsHome
from conlink_compose.engines.sandbox import folder
from conlink_compose.engines.sandbox.client.control import Control, subscribe
from conlink_compose.engines.sandbox.protocol import MACHINE_FD, NAMESPACES
from conlink_compose.ipc.server import listening_socket
from conlink_compose.topology import Node


class Sandbox:
    """An `Engine`. `state_folder` is the project's."""

    hub = "/proc/self/ns/net"
    machine: str | None = f"/proc/1/fd/{MACHINE_FD}"  # PID 1 of the project is its supervisor
    log = folder.RUNTIME_LOG
    health: str | None = None

    def __init__(self, state_folder: Path) -> None:
        """Raises `EngineUnreachableError`."""
        self.project = state_folder.name
        self._folder = state_folder
        self.ovs: OvsHome | None = OvsHome(str(state_folder / folder.OVS), starts=True)
        self._declared: str | None = None
        self._control = Control(state_folder)
        self._events = subscribe(state_folder, NAMESPACES)

    def declared(self) -> str | None:
        """What was read last where the file is gone: whoever removed it took back no link."""
        with contextlib.suppress(FileNotFoundError):
            self._declared = (self._folder / folder.TOPOLOGY).read_text(encoding="utf-8")
        return self._declared

    def listen(self) -> socket.socket:
        with folder.socket_address(self._folder, folder.RUNTIME_SOCKET) as address:
            return listening_socket(address)

    def nodes(self) -> Sequence[Node]:
        return [
            Node(status.name, status.owner, status.replica, status.life)
            for status in self._control.nodes()
        ]

    def fileno(self) -> int:
        return self._events.fileno()

    def drain(self) -> None:
        """Raises `EngineEndedError`: the supervisor holds this connection as long as it lives."""
        if not self._events.drained():
            raise EngineEndedError(f"the supervisor of {self.project} has ended")

    def run(self, node: Node, argv: Sequence[str]) -> None:
        self._control.run(node.name, argv, node.life)

    def name(self, nodes: Sequence[Node], heads: Mapping[str, str], common: str) -> None:
        """The supervisor wrote them when it made the nodes."""
