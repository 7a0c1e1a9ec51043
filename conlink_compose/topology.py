"""What is declared, and the running nodes it is declared for. Frozen values, no I/O.

A `Topology` is the whole of a user's `x-conlink`, resolved: short forms are long,
defaults are filled in, every reference is known to lead somewhere. It still speaks
of services; `conlink_compose.reconcile.bind` turns services into running nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)
from typing import Literal, NamedTuple

from conlink_compose.diagnostics import Span

IpAddress = IPv4Address | IPv6Address
IpInterface = IPv4Interface | IPv6Interface
IpNetwork = IPv4Network | IPv6Network

LONGEST_DEV = 15
"""Bytes in an interface's name: IFNAMSIZ is 16, with the closing NUL (linux/if.h)."""

Places = tuple[tuple[str, Span], ...]
"""Where the value of each key stands that a user wrote."""

OwnerKind = Literal["service", "container", "host"]


class Owner(NamedTuple):
    """Whose link, command or wire end it is: all replicas of a service, one container, one host."""

    kind: OwnerKind
    name: str

    def __str__(self) -> str:
        return self.name if self.kind == "service" else f"{self.kind} {self.name}"


class Life(NamedTuple):
    """One run of a node: it begins with its network namespace and ends with it.

    `id` is the engine's name for it, which no other run of that node ever has. `netns` is a path by
    which the namespace is opened (`/proc/PID/ns/net`); it may come to mean another's.
    """

    id: str
    netns: str


@dataclass(frozen=True, slots=True)
class Node:
    """One replica, as an engine reports it: `replica` is its number, from 1 on. `life` is None
    while it has no namespace."""

    name: str
    owner: Owner
    replica: int
    life: Life | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A route of an endpoint. `to` is None for the default route of `via`'s family.

    `table` None is the main table; `metric` None is the kernel's default.
    """

    to: IpNetwork | None
    via: IpAddress | None
    metric: int | None = None
    table: int | None = None
    src: IpAddress | None = None
    onlink: bool = False
    span: Span | None = None


MOST_STAGES = 8
"""Netems that frames may go through one after the other: each is a qdisc below the one before, and
so much the deeper is the kernel's stack."""


@dataclass(frozen=True, slots=True)
class Netem:
    """What tc-netem(8) does to frames that leave an endpoint. None and 0 are the kernel's defaults.

    Times in microseconds, shares in percent, `rate` in bits per second, `limit` in packets.
    """

    delay: float | None = None
    jitter: float | None = None
    correlation: float | None = None
    distribution: str | None = None
    loss: float | None = None
    loss_correlation: float | None = None
    loss_model: tuple[str, tuple[float, ...]] | None = None
    duplicate: float | None = None
    duplicate_correlation: float | None = None
    corrupt: float | None = None
    corrupt_correlation: float | None = None
    reorder: float | None = None
    reorder_correlation: float | None = None
    gap: int | None = None
    rate: int | None = None
    limit: int | None = None
    seed: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """Traffic to `outer` on the hub's outside goes to `inner` of the node."""

    outer: int
    inner: int
    protocol: Literal["tcp", "udp"]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Vlan:
    """Membership of a bridge port: an access id, or trunk ids with an optional native one."""

    access: int | None = None
    trunk: tuple[int, ...] = ()
    native: int | None = None
    span: Span | None = None


class _Placed:
    """What knows where its keys stand."""

    __slots__ = ()
    span: Span | None
    places: Places

    def place(self, key: str) -> Span | None:
        """Where the value of `key` stands, or else the whole."""
        return dict(self.places).get(key, self.span)


@dataclass(frozen=True, slots=True)
class Endpoint(_Placed):
    """An interface inside a node: what replica 1 gets. `numbered` gives it to replica i.

    `netem` is what frames go through that leave it, one after the other.
    `nat` is the address whose traffic goes to this endpoint and back. `ethtool` holds
    (feature or option, value) pairs in the order of the file.
    """

    owner: Owner
    dev: str
    addresses: tuple[IpInterface, ...] = ()
    mac: str | None = None
    mtu: int | None = None
    routes: tuple[Route, ...] = ()
    netem: tuple[Netem, ...] = ()
    nat: IpAddress | None = None
    ethtool: tuple[tuple[str, str], ...] = ()
    up: bool = True
    span: Span | None = None
    places: Places = ()


@dataclass(frozen=True, slots=True)
class Link:
    """One declared link: an endpoint, and what it is joined to.

    A veth has either `bridge` or `far` (a wire), or neither: then its outer end lies
    loose in the hub. `outer` is the name of the outer end (veth) or of the parent
    interface in the hub (vlan, macvlan, ipvlan, ...).
    """

    kind: str
    near: Endpoint
    bridge: str | None = None
    far: Endpoint | None = None
    outer: str | None = None
    mode: str | None = None
    vlanid: int | None = None
    vlan: Vlan | None = None
    isolated: bool = False
    forward: tuple[Forward, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Bridge(_Placed):
    """A broadcast domain. None is the kernel's default for that knob."""

    name: str
    mode: Literal["linux", "ovs", "patch", "auto"] = "auto"
    subnets: tuple[IpNetwork, ...] = ()
    stp: bool | None = None
    vlan_filtering: bool | None = None
    mcast_snooping: bool | None = None
    group_fwd_mask: int | None = None
    mtu: int | None = None
    span: Span | None = None
    places: Places = ()


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A port of a bridge towards another machine."""

    kind: Literal["geneve", "vxlan"]
    bridge: str
    remote: IpAddress
    vni: int
    port: int | None = None
    netem: tuple[Netem, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """Runs in every node of `owner` when all of its links are up. `argv` is what is executed."""

    owner: Owner
    argv: tuple[str, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Service(_Placed):
    """A service, a namespace host, or a container outside the project, as far as the network cares:
    who, and how many. `sysctls` are a host's, and `places` of them by name;
    those of a service are its engine's affair."""

    owner: Owner
    replicas: int = 1
    container_name: str | None = None
    span: Span | None = None
    sysctls: tuple[tuple[str, str], ...] = ()
    places: Places = ()

    def node_names(self) -> tuple[str, ...]:
        """The names of its nodes, replica 1 first: `web-1`, `web-2`; any other's is its own."""
        if self.owner.kind != "service":
            return (self.owner.name,)
        return tuple(f"{self.owner.name}-{replica}" for replica in range(1, self.replicas + 1))


@dataclass(frozen=True, slots=True)
class RuntimeOptions:
    """How the injected services are to be. `written_by` names the service a user wrote by hand."""

    image: str | None = None
    name: str | None = None
    networks: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    log_level: str = "info"
    gate: bool = True
    names: bool = True
    written_by: str | None = None


@dataclass(frozen=True, slots=True)
class Topology:
    """All that a project declares. Tuples stand in the order of the files."""

    project: str
    services: tuple[Service, ...] = ()
    links: tuple[Link, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    commands: tuple[Command, ...] = ()
    runtime: RuntimeOptions = field(default_factory=RuntimeOptions)

    def foreseen(self) -> Iterator[Node]:
        """Every declared node. None of them has a life."""
        for service in self.services:
            for replica, name in enumerate(service.node_names(), 1):
                yield Node(name, service.owner, replica)

    def node_count(self) -> int:
        """How many nodes are declared, as `check` and `up` count them."""
        return sum(service.replicas for service in self.services)

    def link_count(self) -> int:
        """How many links are declared, each replica's counted; a wire is one, though it has two
        ends."""
        replicas = {service.owner: service.replicas for service in self.services}
        return sum(replicas.get(link.near.owner, 1) for link in self.links)

    def aliases(self) -> dict[Owner, Owner]:
        """A container that has a name of its own -> the service it is the one replica of."""
        return {
            Owner("container", service.container_name): service.owner
            for service in self.services
            if service.container_name
        }
