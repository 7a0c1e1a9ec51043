"""What the kernel can hold, as values: desired and actual state are made of the same objects.

An attribute that is None is not declared, and is not compared. A namespace is named by
its node's name, or `HUB`. Every object has a `key`, unique in a `State`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from conlink_compose.diagnostics import Span

HUB = "(hub)"
"""The hub's label among the node names, which cannot hold a parenthesis."""

READY = "conlink:ready"
"""The alias of a node's `lo` once all its links stand. Any process inside can read it, and it
dies with the namespace, so it can never speak of an earlier life of the node."""

PROTOCOL = 193
"""Our mark on routes (rtm_protocol) and addresses (IFA_PROTO): free in rt_protos of iproute2."""

Key: TypeAlias = tuple[str, ...]


class End(NamedTuple):
    """One end of a veth: an interface name in a namespace."""

    netns: str
    name: str

    def __str__(self) -> str:
        return f"{self.netns}:{self.name}"


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface. `peer` is a veth's other end, `master` the bridge it is a port of.

    `owned` tells that it bears our mark; it is always true of a desired one. `held` is how a
    port that has a carrier is held back: disabled, listening, learning or blocking; it is desired
    to be empty where the bridge has no spanning tree, which is then nobody's to do. `carrier` is
    only ever seen. Bridge knobs (`stp`, ...) are for kind `bridge` alone.
    """

    netns: str
    name: str
    kind: str
    mac: str | None = None
    mtu: int | None = None
    up: bool | None = None
    master: str | None = None
    peer: End | None = None
    stp: bool | None = None
    vlan_filtering: bool | None = None
    mcast_snooping: bool | None = None
    group_fwd_mask: int | None = None
    held: str | None = None
    carrier: bool = True
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("interface", self.netns, self.name)

    @property
    def end(self) -> End:
        return End(self.netns, self.name)


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an interface, as `ADDRESS/PREFIX` in its shortest form."""

    netns: str
    interface: str
    cidr: str
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("address", self.netns, self.interface, self.cidr)


@dataclass(frozen=True, slots=True)
class Route:
    """A route. `to` is a network in its shortest form (`0.0.0.0/0`, `::/0`), metric 0 the kernel's.

    The kernel tells routes of one table apart by destination and metric. It stores an
    IPv6 route that names no metric with 1024; both sides say 1024 then. Yet it may hold
    several of one key (`ip route append`): `contested` tells that a foreign one takes
    packets which the declared route shall get.
    """

    netns: str
    interface: str
    to: str
    via: str | None = None
    metric: int = 0
    table: int = 254
    src: str | None = None
    onlink: bool | None = None
    contested: bool = False
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("route", self.netns, str(self.table), self.to, str(self.metric))


@dataclass(frozen=True, slots=True)
class PrefixRoute:
    """The route that the kernel makes by itself for the prefix of an address. `to` is a network.

    Seen, `there` tells whether it is, and `src` is the address that packets over it leave from.
    Desired, it belongs to a declared address, or is that of the link-local ones.
    """

    netns: str
    interface: str
    to: str
    src: str | None = None
    there: bool = True
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("prefix-route", self.netns, self.interface, self.to)


@dataclass(frozen=True, slots=True)
class Loopback:
    """`lo` of a node. Every namespace has one, and whoever makes a node brings it up."""

    netns: str
    up: bool = True
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("loopback", self.netns)


@dataclass(frozen=True, slots=True)
class Ready:
    """The mark on a node whose links all stand: `lo` bears the alias `READY`."""

    netns: str
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("ready", self.netns)


FRESH_BRIDGE = Interface(
    HUB,
    "",
    "bridge",
    stp=False,
    vlan_filtering=False,
    mcast_snooping=True,
    group_fwd_mask=0,
)
"""The knobs of a bridge that nobody has touched (net/bridge/br_device.c, br_dev_setup)."""

KNOBS = ("stp", "vlan_filtering", "mcast_snooping", "group_fwd_mask")

Thing: TypeAlias = Interface | Address | Route | PrefixRoute | Loopback | Ready

BY_ITSELF = (PrefixRoute, Loopback)
"""What comes and goes without us: the kernel makes it with what it belongs to. It is never made
beforehand nor removed, only put back where it is seen to be lost."""


@dataclass(frozen=True, slots=True)
class State:
    """Objects by key; for a desired state, `causes` holds the place each one was declared at."""

    things: Mapping[Key, Thing] = field(default_factory=dict)
    causes: Mapping[Key, Span | None] = field(default_factory=dict)

    @classmethod
    def of(cls, things: Iterable[Thing]) -> State:
        return cls({thing.key: thing for thing in things})

    def __iter__(self) -> Iterator[Thing]:
        return iter(self.things.values())

    def __len__(self) -> int:
        return len(self.things)


Verb: TypeAlias = Literal["add", "change", "remove"]


class Operation(NamedTuple):
    """One thing to do to the kernel, and why.

    `thing` is what shall be (add, change) or what is (remove). `before` is what a change
    starts from. An added veth is one operation for both its ends: `thing` is the end in a
    node (the primary), `other` the far one.
    """

    verb: Verb
    thing: Thing
    cause: str
    span: Span | None = None
    before: Thing | None = None
    other: Interface | None = None


Plan: TypeAlias = tuple[Operation, ...]
"""Operations in the order they are to be obeyed in."""
