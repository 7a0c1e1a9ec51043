"""What is handed to an engine, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from conlink_compose.topology import Life, Owner
from conlink_compose.workload import Workload


@dataclass(frozen=True, slots=True)
class CommandStatus:
    """A command that was run in a node. `exit_code` is None while it runs."""

    argv: tuple[str, ...]
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Command:
    """What shall run in a node. `environment` goes over the node's own. `user` is `name[:group]` or
    numbers; None, as for `working_dir`, is the service's own. With `detach` it is left to itself in
    the background, and its output is lost."""

    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    working_dir: str | None = None
    user: str | None = None
    detach: bool = False


class OvsHome(NamedTuple):
    """`folder` is where the sockets and the database of an Open vSwitch lie. `starts`: the runtime
    starts its programs itself, in its own network namespace, which is the hub; else they are the
    engine's to keep running."""

    folder: str
    starts: bool


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """A node as its engine knows it.

    `state` is created (its namespaces are being made), waiting (at the gate, or for what it
    depends on), running, exited, restarting (until its next start) or failed (never started).
    `exit_code` is as a shell's: 128 + signal. `started_at` is in seconds since the epoch.
    `problem` is a sentence.
    """

    name: str
    owner: Owner
    replica: int
    state: str
    life: Life | None = None
    exit_code: int | None = None
    restarts: int = 0
    started_at: float | None = None
    commands: tuple[CommandStatus, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a project shall be. `hosts` holds the beginning of each node's /etc/hosts,
    `hosts_common` what all of them end with. `declaration` is the topology for the runtime, as
    `topology_json.dump` wrote it. `recreate` names nodes or services, `keep` services whose nodes
    stay as they are: they are declared, and no workloads are given for them. `log_level` is how
    much the engine says of itself, where it is a service of ours."""

    workloads: Sequence[Workload] = ()
    hosts: Mapping[str, str] = field(default_factory=dict)
    hosts_common: str = ""
    declaration: str = ""
    remove_orphans: bool = False
    recreate: Sequence[str] = ()
    keep: Sequence[str] = ()
    log_level: str = "info"


@dataclass(frozen=True, slots=True)
class Changes:
    """Names of nodes, in the order of the file. `orphans` are no longer declared and left running;
    `start` are those whose process had ended for good."""

    create: tuple[str, ...] = ()
    recreate: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeProcess:
    """A process of a node, by its numbers outside. `seconds` is the processor's time."""

    node: str
    uid: int
    pid: int
    ppid: int
    seconds: float
    command: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """`time` is UTC in ISO 8601; `stream` is stdout, stderr, or engine."""

    time: str
    node: str
    stream: str
    text: str
