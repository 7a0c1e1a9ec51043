"""The supervisor's clients: `Control` for the CLI, `Sandbox` (an `Engine`) for the runtime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox import folder as state
from conlink_compose.engines.sandbox.client.connection import Connection
from conlink_compose.engines.sandbox.logs.reader import LogLine, LogReader
from conlink_compose.engines.sandbox.protocol import EVERYTHING, LOG, NAMESPACES, NodeStatus
from conlink_compose.engines.sandbox.supervisor.surroundings import raise_file_limit
from conlink_compose.engines.sandbox.workload_json import to_data
from conlink_compose.topology import Node, Owner, OwnerKind
from conlink_compose.workload import Workload


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a project shall be. `hosts` holds the beginning of each node's /etc/hosts,
    `hosts_common` what all of them end with: sent once, for the supervisor's memory is what every
    fork of it pays for. `declaration` is kept, unread, for the runtime. `recreate` names nodes or
    services."""

    workloads: Sequence[Workload] = ()
    hosts: Mapping[str, str] = field(default_factory=dict)
    hosts_common: str = ""
    declaration: str = ""
    remove_orphans: bool = False
    recreate: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply began, by node name; `orphans` are no longer declared and were left running."""

    created: tuple[str, ...]
    recreated: tuple[str, ...]
    started: tuple[str, ...]
    removed: tuple[str, ...]
    orphans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entrance:
    """The way into a node: close `pidfd` when done."""

    pidfd: int
    environment: Mapping[str, str]
    working_dir: str


class Control:
    """Every verb of the supervisor of one state folder.

    Each call raises `EngineUnreachableError` where nobody answers and `SandboxError` where the
    supervisor refuses; both are sentences for the user.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def apply(self, wanted: Wanted) -> Applied:
        """Make the project be what is wanted. Returns when that is decided, not when it runs."""
        answer = self._ask(
            "apply",
            workloads=[to_data(workload) for workload in wanted.workloads],
            hosts=dict(wanted.hosts),
            hosts_common=wanted.hosts_common,
            declaration=wanted.declaration,
            remove_orphans=wanted.remove_orphans,
            recreate=list(wanted.recreate),
        )
        return _applied(answer)

    def foresee(self, workloads: Sequence[Workload]) -> Applied:
        """What `apply` would do to the nodes; nothing is touched."""
        data = [to_data(workload) for workload in workloads]
        return _applied(self._ask("apply", workloads=data, only_foresee=True))

    def nodes(self) -> tuple[NodeStatus, ...]:
        return tuple(NodeStatus.from_data(data) for data in self._ask("nodes")["nodes"])

    def events(self) -> Connection:
        """Turns readable when a status may have changed; `drain` it, and `close` it in the end."""
        return subscribe(self.folder, EVERYTHING)

    def run(self, node: str, argv: Sequence[str]) -> None:
        """Start a command in a node; its output joins the node's log, its end the node's status."""
        self._ask("run", node=node, argv=list(argv))

    def enter(self, node: str) -> Entrance:
        """For `conlink_compose.engines.sandbox.client.enter.run_in`."""
        with Connection(self.folder) as connection:
            answer, fds = connection.ask_for_descriptor({"verb": "enter", "node": node})
        return Entrance(fds[0], answer["environment"], answer["working_dir"])

    def restart(self, nodes: Sequence[str]) -> None:
        """End the present life of each node and begin another. Returns when that has begun."""
        self._ask("restart", nodes=list(nodes))

    def logs(
        self, *, follow: bool = False, tail: int | None = None, nodes: Sequence[str] = ()
    ) -> Iterator[LogLine]:
        """What the nodes wrote, oldest first: the last `tail` lines of each, or all that is kept;
        `follow` goes on until the project is stopped. Reads the files itself, so it needs no
        supervisor but to follow, and no reader can hold up a node. Nothing that is written after
        the call is missed, though it may be read much later."""
        wake = subscribe(self.folder, LOG) if follow else None
        raise_file_limit()
        reader = LogReader(self.folder / state.LOGS, frozenset(nodes))
        return _read(reader, reader.last(tail), wake)

    def stop(self, timeout: float | None = None) -> None:
        """Stop every node, dependents first, and the supervisor; its folder is removed. `timeout`
        is in seconds for each node, None for each one's own. Returns when nothing is left."""
        with Connection(self.folder) as connection:
            within = connection.ask({"verb": "stop", "timeout": timeout})["within"]
            connection.await_end(within)

    def supervisor_pid(self) -> int:
        """Its pid as this process sees it."""
        with Connection(self.folder) as connection:
            return connection.peer_pid()

    def _ask(self, verb: str, **fields: Any) -> dict[str, Any]:
        with Connection(self.folder) as connection:
            return connection.ask({"verb": verb, **fields})


def _read(reader: LogReader, kept: Iterator[LogLine], wake: Connection | None) -> Iterator[LogLine]:
    try:
        yield from kept
        while wake and wake.wait():
            yield from reader.more()
        yield from reader.more()
    finally:
        reader.close()
        if wake:
            wake.close()


def _applied(answer: Mapping[str, Any]) -> Applied:
    names = ("created", "recreated", "started", "removed", "orphans")
    return Applied(*(tuple(answer[name]) for name in names))


class Sandbox:
    """The `Engine` the runtime asks. It runs in the project's pid namespace, as do its paths."""

    def __init__(self, folder: Path) -> None:
        """Raises `EngineUnreachableError`."""
        self._folder = folder
        self._control = Control(folder)
        self._events = subscribe(folder, NAMESPACES)

    def nodes(self) -> Sequence[Node]:
        return [node_of(status) for status in self._control.nodes() if status.pid is not None]

    def statuses(self) -> tuple[NodeStatus, ...]:
        """All that is known of the nodes: the commands that were run in their present life too."""
        return self._control.nodes()

    def fileno(self) -> int:
        return self._events.fileno()

    def drain(self) -> None:
        self._events.drain()

    def run(self, node: Node, argv: Sequence[str]) -> None:
        """Does nothing where that life of the node is over: the next one makes an event."""
        pid = int(node.netns.split("/")[2])
        with Connection(self._folder) as connection:
            try:
                connection.ask({"verb": "run", "node": node.name, "argv": list(argv), "pid": pid})
            except SandboxError:
                still_there = any(
                    status.name == node.name and status.pid == pid for status in self.statuses()
                )
                if still_there:
                    raise


def subscribe(folder: Path, topic: str) -> Connection:
    """Raises `EngineUnreachableError`."""
    connection = Connection(folder)
    connection.ask({"verb": "events", "of": topic})
    return connection


def node_of(status: NodeStatus) -> Node:
    kind, name = status.owner
    owner = Owner(cast("OwnerKind", kind), name)
    return Node(status.name, owner, status.index, f"/proc/{status.pid}/ns/net")
