"""What a service runs, as far as an engine that starts the nodes itself needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from conlink_compose.diagnostics import Span
from conlink_compose.topology import Owner


@dataclass(frozen=True, slots=True)
class Mount:
    """A bind mount of the machine's own file or folder. Both paths are absolute."""

    source: str
    target: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Restart:
    """`restart:` of a service. `retries` bounds `on-failure`; None is without bound."""

    policy: str = "no"
    retries: int | None = None


@dataclass(frozen=True, slots=True)
class User:
    """`user:` of a service as it is written (`app`, `1000`, `app:staff`, `1000:1000`) and its
    `group_add:`. An empty name is root."""

    name: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workload:
    """One service or namespace host. An empty `argv` waits until it is told to stop.

    `replicas` nodes of it are named as `conlink_compose.topology.Service.node_names` says.
    `depends_on` names the services whose processes start before this one's.
    `stop_grace` is in seconds, `stop_signal` a number. `gate`: its process starts when its links
    are up.
    """

    owner: Owner
    replicas: int = 1
    argv: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    working_dir: str | None = None
    user: User = User()
    hostname: str | None = None
    extra_hosts: tuple[tuple[str, str], ...] = ()
    sysctls: tuple[tuple[str, str], ...] = ()
    mounts: tuple[Mount, ...] = ()
    restart: Restart = Restart()
    depends_on: tuple[str, ...] = ()
    stop_signal: int = 15
    stop_grace: float = 10.0
    gate: bool = True
    span: Span | None = None
