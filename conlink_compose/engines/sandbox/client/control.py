"""The supervisor's verbs, as calls."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from conlink_compose.engines import (
    Changes,
    EngineUnreachableError,
    LogLine,
    NodeStatus,
    Wanted,
)
from conlink_compose.engines.sandbox import SandboxError, SilentError
from conlink_compose.engines.sandbox import folder as state
from conlink_compose.engines.sandbox.client.connection import PATIENCE, Connection
from conlink_compose.engines.sandbox.logs.reader import LogReader
from conlink_compose.engines.sandbox.protocol import EVERYTHING, LOG, status_from
from conlink_compose.engines.sandbox.workload_json import to_data, user_from
from conlink_compose.linux.limits import raise_file_limit
from conlink_compose.topology import Life
from conlink_compose.workload import User


@dataclass(frozen=True, slots=True)
class Entrance:
    """The way into a node: close `pidfd` when done. `user` is who the service runs as, `home`
    root's HOME there."""

    pidfd: int
    environment: Mapping[str, str]
    working_dir: str
    user: User
    home: str


class Control:
    """Every verb of the supervisor of one state folder.

    Each call raises `EngineUnreachableError` where nobody answers and `SandboxError` where the
    supervisor refuses; both are sentences for the user.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def apply(self, wanted: Wanted) -> Changes:
        """Make the project be what is wanted. Returns when that is decided, not when it runs."""
        answer = self._ask(
            "apply",
            workloads=[to_data(workload) for workload in wanted.workloads],
            hosts=dict(wanted.hosts),
            hosts_common=wanted.hosts_common,
            declaration=wanted.declaration,
            remove_orphans=wanted.remove_orphans,
            recreate=list(wanted.recreate),
            keep=list(wanted.keep),
            log_level=wanted.log_level,
        )
        return _changes(answer)

    def foresee(self, wanted: Wanted) -> Changes:
        """What `apply` would do to the nodes; nothing is touched."""
        answer = self._ask(
            "apply",
            workloads=[to_data(workload) for workload in wanted.workloads],
            remove_orphans=wanted.remove_orphans,
            recreate=list(wanted.recreate),
            keep=list(wanted.keep),
            only_foresee=True,
        )
        return _changes(answer)

    def nodes(self) -> tuple[NodeStatus, ...]:
        return tuple(status_from(data) for data in self._ask("nodes")["nodes"])

    def events(self) -> Connection:
        """Turns readable when a status may have changed; `drain` it, and `close` it in the end."""
        return subscribe(self.folder, EVERYTHING)

    def run(self, node: str, argv: Sequence[str], life: Life | None = None) -> None:
        """Start a command in a node; its output joins the node's log, its end the node's status.
        Where that `life` of the node is over, nothing is done."""
        self._ask("run", node=node, argv=list(argv), life=life.id if life else None)

    def enter(self, node: str) -> Entrance:
        """For `conlink_compose.engines.sandbox.client.enter.run_in`."""
        with Connection(self.folder) as connection:
            answer, fds = connection.ask_for_descriptor({"verb": "enter", "node": node})
        user = user_from(answer["user"])
        return Entrance(fds[0], answer["environment"], answer["working_dir"], user, answer["home"])

    def restart(self, nodes: Sequence[str], timeout: float | None = None) -> None:
        """End the present life of each node and begin another. Returns when that is decided: of a
        node whose state is neither created nor waiting, another life is the new one.
        `timeout` is in seconds for each node, None for each one's own."""
        self._ask("restart", nodes=list(nodes), timeout=timeout)

    def start_nodes(self, nodes: Sequence[str]) -> None:
        """Begin a life of each node that has none. Returns when that is decided."""
        self._ask("start_nodes", nodes=list(nodes))

    def stop_nodes(self, nodes: Sequence[str], timeout: float | None = None) -> None:
        """End the life of each node, dependents first, and begin no other. `timeout` as above.
        Returns when they have ended."""
        within = self._ask("stop_nodes", nodes=list(nodes), timeout=timeout)["within"]
        deadline = time.monotonic() + within + PATIENCE
        while still := self._alive(nodes):
            if time.monotonic() > deadline:
                raise SandboxError(f"{', '.join(still)} cannot be ended")
            time.sleep(0.05)

    def kill(self, nodes: Sequence[str], number: int) -> None:
        """Send a signal to the process of each node that has one."""
        self._ask("kill", nodes=list(nodes), signal=number)

    def _alive(self, nodes: Sequence[str]) -> list[str]:
        resting = ("exited", "failed")
        return [s.name for s in self.nodes() if s.name in nodes and s.state not in resting]

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

    def silence(self) -> SilentError | None:
        """What is wrong with a supervisor that is there and says nothing."""
        try:
            self._ask("nodes")
        except SilentError as silent:
            return silent
        except (EngineUnreachableError, SandboxError):
            return None
        return None

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


def _changes(answer: Mapping[str, Any]) -> Changes:
    return Changes(**{field.name: tuple(answer[field.name]) for field in fields(Changes)})


def subscribe(folder: Path, topic: str) -> Connection:
    """Raises `EngineUnreachableError`."""
    connection = Connection(folder)
    connection.ask({"verb": "events", "of": topic})
    return connection
