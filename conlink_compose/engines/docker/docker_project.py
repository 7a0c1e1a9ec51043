"""The command line's side of Docker: one Compose project by its name."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docker.errors import NotFound

from conlink_compose.compose.load import Document
from conlink_compose.diagnostics import Diagnostic
from conlink_compose.engines import (
    Changes,
    EngineUnreachableError,
    NodeStatus,
    Wanted,
)
from conlink_compose.engines.docker import DockerRefusedError, labels
from conlink_compose.engines.docker.additions import Additions
from conlink_compose.engines.docker.api import connect, sentences, where
from conlink_compose.engines.docker.lost_runtime import LostRuntime
from conlink_compose.engines.docker.numbers import numbered
from conlink_compose.engines.docker.runtime_connection import RuntimeConnection
from conlink_compose.topology import Owner, Service

BIRTH_PATIENCE = 15.0
"""Seconds a runtime may take from the start of its container to its first answer."""

PAUSE = 0.1
"""Seconds between two attempts."""

_ENDED = ("exited", "dead", "restarting")
"""The states in which no process runs, because it has ended."""

Container = Mapping[str, Any]


class DockerProject:
    """A `Project`. Its containers are made by Compose."""

    lifecycle = None
    processes = None
    is_of_this_kernel = False

    @property
    def is_of_this_machine(self) -> bool:
        return where().startswith(("unix://", "http+unix://"))

    def __init__(self, name: str) -> None:
        self.name = name
        self._api_: Any = None
        self._runtime: RuntimeConnection | None = None
        self._additions = Additions(name, lambda: self._api)

    @property
    def compose(self) -> Additions:
        return self._additions

    def foresee(self, wanted: Wanted) -> Changes:
        """Nodes that are declared and do not run, and such that run and are not declared."""
        running = [status.name for status in self.nodes() if status.state == "running"]
        declared = [
            name
            for work in wanted.workloads
            if work.owner.kind == "service"
            for name in Service(work.owner, work.replicas).node_names()
        ]
        return Changes(
            create=tuple(name for name in declared if name not in running),
            remove=tuple(name for name in running if name not in declared),
        )

    def unhonoured(self, document: Document) -> list[Diagnostic]:
        del document
        return []

    def is_up(self) -> bool:
        return bool(self._runtimes(all=False))

    def nodes(self) -> Sequence[NodeStatus]:
        return [self._status(one, replica) for one, replica in self._numbered()]

    def last_words(self, node: str, lines: int) -> Sequence[str]:
        for container, replica in self._numbered():
            if _name(container, replica) == node:
                with contextlib.suppress(NotFound, DockerRefusedError), sentences():
                    said: bytes = self._api.logs(container["Id"], tail=lines)
                    return said.decode(errors="replace").splitlines()
        return ()

    def ask(self, verb: str, **fields: object) -> dict[str, Any]:
        """Over one connection for all that is asked; a runtime that is replaced meanwhile is asked
        again. What will never answer is not waited for."""
        deadline = time.monotonic() + BIRTH_PATIENCE
        lost = LostRuntime(self._api)
        while True:
            try:
                self._runtime = self._runtime or self._connect()
                return self._runtime.ask({"verb": verb, **fields})
            except EngineUnreachableError:
                if self._runtime:
                    self._runtime.close()
                    self._runtime = None
                if time.monotonic() > deadline:
                    raise
                for container in self._runtimes(all=True)[:1]:
                    lost.look(container)
                time.sleep(PAUSE)

    def _connect(self) -> RuntimeConnection:
        for container in self._runtimes(all=False):
            return RuntimeConnection(self._api, container["Id"])
        raise EngineUnreachableError(f"no network service of project {self.name} runs")

    def _runtimes(self, *, all: bool) -> list[Container]:  # noqa: A002 -- docker's word
        """The containers in which a runtime runs, or with `all` ran too, newest first."""
        return [one for one in self._containers(all=all) if labels.is_runtime(one["Labels"])]

    @property
    def _api(self) -> Any:
        if self._api_ is None:
            self._api_ = connect()
        return self._api_

    def _numbered(self) -> Iterator[tuple[Container, int]]:
        everything = self._containers(all=True)
        return numbered([one for one in everything if not labels.is_ours(one["Labels"])], {})

    def _status(self, container: Container, replica: int) -> NodeStatus:
        state = container["State"]
        code, restarts = self._end_of(container["Id"]) if state in _ENDED else (None, 0)
        return NodeStatus(
            _name(container, replica),
            Owner("service", container["Labels"].get(labels.SERVICE, "")),
            replica,
            state,
            exit_code=code,
            restarts=restarts,
        )

    def _end_of(self, container: str) -> tuple[int | None, int]:
        """With what its process ended, and how often the engine started it again."""
        try:
            with sentences():
                found = self._api.inspect_container(container)
        except (NotFound, DockerRefusedError):
            return None, 0
        return found["State"]["ExitCode"], found["RestartCount"]

    def _containers(self, *, all: bool) -> list[Container]:  # noqa: A002 -- docker's word
        with sentences():
            found: list[Container] = self._api.containers(
                all=all, filters={"label": f"{labels.PROJECT}={self.name}"}
            )
        return found


def _name(container: Container, replica: int) -> str:
    return f"{container['Labels'].get(labels.SERVICE, '')}-{replica}"
