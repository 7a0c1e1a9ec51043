"""What starts nodes. An engine is a folder here, and this file is all that others know of one.

`open_engine` gives the runtime its side of an engine by name, `open_project` the command line's.
An engine from elsewhere is a module that the entry point group `conlink_compose.engines` names;
like a folder here it has two functions, `engine(place, declare=None)` and `project(name)`; it may
also have `MEETS_CONTAINERS_OF_OTHERS`, and `projects()`, the names of the user's projects.
"""

from __future__ import annotations

import importlib
import pkgutil
import shutil
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from conlink_compose.engines.abilities import Compose, Lifecycle, Processes
from conlink_compose.engines.values import (
    Changes,
    Command,
    CommandStatus,
    LogLine,
    NodeProcess,
    NodeStatus,
    OvsHome,
    Wanted,
)
from conlink_compose.topology import Node, Topology

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from conlink_compose.compose.load import Document
    from conlink_compose.diagnostics import Diagnostic

__all__ = [
    "Changes",
    "Command",
    "CommandStatus",
    "Compose",
    "Lifecycle",
    "LogLine",
    "NodeProcess",
    "NodeStatus",
    "OvsHome",
    "Processes",
    "Wanted",
]

ENTRY_POINTS = "conlink_compose.engines"

Declare = Callable[[str], Topology]
"""What is declared for the project of that name, where it is not handed over by the engine."""


class EngineRefusedError(Exception):
    """The engine cannot do what was asked. The message is a sentence for the user."""


class EngineUnreachableError(Exception):
    """The engine does not answer now. The message is a sentence for the user."""


class EngineEndedError(EngineUnreachableError):
    """The engine has ended for good, and its project with it."""


class Engine(Protocol):
    """The runtime's side. `nodes` is the truth; `fileno` turns readable when it may have changed.

    What an event says is never trusted, so it has no content: `drain` only silences the
    file descriptor. A lost event, a restart of the engine or a burst of fifty changes nothing.
    Each method may raise `EngineUnreachableError`, and is then asked again.
    """

    project: str
    """The project's name: the mark of what the runtime makes hangs on it."""
    hub: str
    """The path by which the network namespace of the bridges is opened."""
    machine: str | None
    """The path by which the machine's own network namespace is opened, whose interfaces may be
    parents of links; None where it is out of reach."""
    log: str
    """Where the runtime's stderr goes, in words that lead a person there."""
    ovs: OvsHome | None
    """The Open vSwitch that stands in the hub; None where there is none, perhaps not yet."""
    health: str | None
    """A file for the runtime to say how it goes, where a health check of the engine's reads it."""

    def declared(self) -> str | None:
        """The topology that was handed over last, as `topology_json.dump` wrote it."""

    def listen(self) -> socket.socket:
        """A new listening socket, for those who ask the runtime. Raises OSError."""

    def nodes(self) -> Sequence[Node]:
        """Every node there is; those that have a namespace now have a life."""

    def fileno(self) -> int:
        """A file descriptor for `select`: the same one for as long as the engine is used."""

    def drain(self) -> None:
        """Forget the events so far. Call it before `nodes`."""

    def run(self, node: Node, argv: Sequence[str]) -> None:
        """Start `argv` in all namespaces of `node`; nothing where that life of it is over.

        Raises `EngineRefusedError`.
        """

    def name(self, nodes: Sequence[Node], heads: Mapping[str, str], common: str) -> None:
        """Into /etc/hosts of each node goes its own head, and behind it what is common to all;
        nothing where it has no head. An engine that did so when it made the nodes does nothing."""


class Project(Protocol):
    """The command line's side: one project, which need not be up.

    Each method may raise `EngineUnreachableError` where nobody answers, and `EngineRefusedError`.
    """

    name: str
    is_of_this_kernel: bool
    """Its nodes are namespaces of the kernel that this process runs on, made with its rights: what
    these lack can be told beforehand. Of any other the runtime tells."""

    @property
    def is_of_this_machine(self) -> bool:
        """Its nodes run on the machine that this process runs on, whatever either is in there."""

    @property
    def lifecycle(self) -> Lifecycle | None:
        """None where another tool makes the nodes."""

    @property
    def processes(self) -> Processes | None:
        """None where they are the affair of another tool."""

    @property
    def compose(self) -> Compose | None:
        """None where no Compose has a hand in it."""

    def unhonoured(self, document: Document) -> list[Diagnostic]:
        """What the files ask for that this engine does not do."""

    def is_up(self) -> bool: ...

    def foresee(self, wanted: Wanted) -> Changes:
        """What would become of the nodes of a project that is up; nothing is touched."""

    def nodes(self) -> Sequence[NodeStatus]: ...

    def last_words(self, node: str, lines: int) -> Sequence[str]:
        """The last `lines` that a node wrote; fewer where there are no more, or none are kept."""

    def ask(self, verb: str, **fields: object) -> dict[str, Any]:
        """One request to the project's runtime, and its answer."""


class _Folder(Protocol):
    def engine(self, place: str, declare: Declare | None = None) -> Engine: ...

    def project(self, name: str) -> Project: ...


def names() -> tuple[str, ...]:
    """The engines there are: the folders here, and what other packages bring."""
    return (*_own(), *_of_others())


def usual(environ: Mapping[str, str]) -> str:
    """The engine where the user names none: docker where a command or a socket of it is there."""
    told = any(environ.get(name) for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "CONLINK_COMPOSE"))
    commands = any(shutil.which(name) for name in ("docker", "docker-compose"))
    return "docker" if told or commands or Path("/var/run/docker.sock").exists() else "sandbox"


def meets_containers_of_others(name: str) -> bool:
    """Whether a link may lead to a container that is none of the project's."""
    return bool(getattr(_folder(name), "MEETS_CONTAINERS_OF_OTHERS", False))


def open_engine(name: str, place: str, declare: Declare | None = None) -> Engine:
    """The runtime's side. `place` is what the engine told its runtime on the command line.

    Raises `EngineUnreachableError`, `EngineRefusedError` where it takes no topology of `declare`,
    and ValueError where there is no such engine.
    """
    folder = _folder(name)
    return folder.engine(place, declare) if declare else folder.engine(place)


def open_project(engine: str, name: str) -> Project:
    """The command line's side of the project `name`; it need not be up.

    Raises `EngineRefusedError` for a bad name, and ValueError where there is no such engine.
    """
    return _folder(engine).project(name)


def open_projects(engine: str) -> list[Project] | None:
    """The user's projects by name, up or not; None where the engine does not list them."""
    listed = getattr(_folder(engine), "projects", None)
    return [open_project(engine, name) for name in listed()] if listed else None


def _folder(name: str) -> _Folder:
    if name in _own():
        return cast("_Folder", importlib.import_module(f"{__name__}.{name}"))
    if name in (others := _of_others()):
        return cast("_Folder", others[name].load())
    raise ValueError(f"there is no engine {name}; there are {', '.join(names())}")


def _own() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(__path__) if module.ispkg]


def _of_others() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points  # 20 ms that nobody pays who has no such engine

    return {entry.name: entry for entry in entry_points(group=ENTRY_POINTS)}
