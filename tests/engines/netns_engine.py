"""The smallest engine there can be: a node is a namespace that `ip netns` made, and runs nothing.

Its state lies in a folder for each project below `$NETNS_ENGINE`. A file `mute` there makes it an
engine that does not answer, and `made-elsewhere` one whose nodes another tool makes.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conlink_compose.compose.load import Document
from conlink_compose.diagnostics import Diagnostic
from conlink_compose.engines import Changes, EngineUnreachableError, Lifecycle, NodeStatus, Wanted
from conlink_compose.ipc.connection import Connection
from conlink_compose.ipc.message import Message
from conlink_compose.ipc.server import listening_socket
from conlink_compose.topology import Life, Node, Owner, Service

NETNS = Path("/run/netns")


def engine(place: str) -> NetnsEngine:
    return NetnsEngine(Path(place))


def project(name: str) -> NetnsProject:
    return NetnsProject(name)


def _nodes(folder: Path) -> list[Node]:
    if (folder / "mute").exists():
        raise EngineUnreachableError("ip netns keeps silent")
    return [
        Node(name, Owner(kind, owner), replica, _life(NETNS / f"{folder.name}.{name}"))
        for name, kind, owner, replica in json.loads((folder / "nodes.json").read_text())
    ]


def _life(netns: Path) -> Life | None:
    return Life(str(netns.stat().st_ino), str(netns)) if netns.exists() else None


class NetnsEngine:
    machine: str | None = "/proc/1/ns/net"
    log = "nowhere"
    health: str | None = None
    ovs = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.project = folder.name
        self.hub = str(NETNS / f"{folder.name}.hub")
        self._events = os.open(folder / "events", os.O_RDWR | os.O_NONBLOCK)

    def declared(self) -> str | None:
        return (self._folder / "topology.json").read_text()

    def listen(self) -> socket.socket:
        return listening_socket(str(self._folder / "runtime.sock"))

    def nodes(self) -> Sequence[Node]:
        return _nodes(self._folder)

    def fileno(self) -> int:
        return self._events

    def drain(self) -> None:
        try:
            os.read(self._events, 1 << 16)
        except BlockingIOError:
            return

    def run(self, node: Node, argv: Sequence[str]) -> None:
        subprocess.run(["ip", "netns", "exec", f"{self.project}.{node.name}", *argv], check=False)

    def name(self, nodes: Sequence[Node], heads: Mapping[str, str], common: str) -> None:
        """There is nobody in a node to look a name up."""


class _Asked(Connection):
    def unreachable(self) -> Exception:
        return EngineUnreachableError("the runtime keeps silent")

    def refused(self, answer: Message) -> Exception:
        return EngineUnreachableError(answer["error"])


class NetnsProject:
    processes = None
    compose = None
    is_of_this_kernel = True
    is_of_this_machine = True

    def __init__(self, name: str) -> None:
        self.name = name
        self._folder = Path(os.environ["NETNS_ENGINE"]) / name

    @property
    def lifecycle(self) -> Lifecycle | None:
        return None if (self._folder / "made-elsewhere").exists() else self

    def unhonoured(self, document: Document) -> list[Diagnostic]:
        del document
        return []

    def is_up(self) -> bool:
        return (self._folder / "nodes.json").exists()

    def up(self, wanted: Wanted) -> Changes:
        fresh = not self.is_up()
        changes = self.foresee(wanted) if not fresh else Changes(create=self._names(wanted))
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "topology.json").write_text(wanted.declaration)
        for name in ("hub", *changes.create) if fresh else changes.create:
            _ip_netns("add", f"{self.name}.{name}")
        for name in changes.remove:
            _ip_netns("delete", f"{self.name}.{name}")
        (self._folder / "nodes.json").write_text(json.dumps(self._declared(wanted)))
        if fresh:
            self._start_runtime()
        (self._folder / "events").write_bytes(b"!")
        return changes

    def foresee(self, wanted: Wanted) -> Changes:
        names, there = self._names(wanted), [node.name for node in _nodes(self._folder)]
        return Changes(
            create=tuple(name for name in names if name not in there),
            remove=tuple(name for name in there if name not in names),
        )

    def nodes(self) -> Sequence[NodeStatus]:
        return [
            NodeStatus(node.name, node.owner, node.replica, "running", node.life)
            for node in _nodes(self._folder)
        ]

    def last_words(self, node: str, lines: int) -> Sequence[str]:
        del node, lines
        return ()

    def ask(self, verb: str, **fields: object) -> dict[str, Any]:
        connected = socket.socket(socket.AF_UNIX)
        for _ in range(500):
            try:
                connected.connect(str(self._folder / "runtime.sock"))
                break
            except OSError:
                time.sleep(0.02)
        with _Asked(connected, 10.0) as asked:
            return asked.ask({"verb": verb, **fields})

    def down(self, timeout: float | None = None) -> bool:
        del timeout
        if not self.is_up():
            return False
        os.kill(int((self._folder / "runtime.pid").read_text()), 9)
        for netns in NETNS.glob(f"{self.name}.*"):
            _ip_netns("delete", netns.name)
        (self._folder / "nodes.json").unlink()
        return True

    def _names(self, wanted: Wanted) -> tuple[str, ...]:
        return tuple(name for name, *_ in self._declared(wanted))

    def _declared(self, wanted: Wanted) -> list[tuple[str, str, str, int]]:
        return [
            (name, work.owner.kind, work.owner.name, replica)
            for work in wanted.workloads
            for replica, name in enumerate(Service(work.owner, work.replicas).node_names(), 1)
        ]

    def _start_runtime(self) -> None:
        os.mkfifo(self._folder / "events")
        argv = [sys.executable, "-m", "conlink_compose.runtime", "netns", str(self._folder)]
        with (self._folder / "log").open("w") as log:
            runtime = subprocess.Popen(argv, stdout=log, stderr=log, start_new_session=True)
        (self._folder / "runtime.pid").write_text(str(runtime.pid))


def _ip_netns(*words: str) -> None:
    subprocess.run(["ip", "netns", *words], check=True)
