"""The kinds of links, one module each, found by its name: `links/<kind>.py`.

A kind is pure. It tells the language what may be written of it (`RULES`), what it cannot do
(`check`) and which interfaces it is made of (`expand`); addresses and routes are the same
for every kind and are added by `conlink_compose.reconcile.bind`. To add a kind, write its
module, its branch in the schema and its test: `tests/links/test_conformance.py` holds the
three equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.modules import Modules
from conlink_compose.state import Data, End, Interface
from conlink_compose.topology import Endpoint, Link, Node

DEFAULT = "veth"
"""The kind of a link that names none."""

KERNEL_MTU = 1500
"""What the kernel gives an Ethernet device that asks for nothing (ETH_DATA_LEN). It is desired
by name, so that an `mtu` taken out of the file is taken off the interface as well."""


@dataclass(frozen=True, slots=True)
class BoundLink:
    """A link between running nodes: replica `near.index` of its near end, its far one if any.

    `near_end` and `far_end` are numbered for their replica and have a MAC. `outer` is the
    name of the outer end in the hub, `over` the hub's interface of the bridge, empty for a patch,
    and `master` the same where the kernel calls it the master of its ports; `stp` tells that this
    one's ports are spanning tree's; `parent` is where the interface lies of a kind that has one.
    `missing` are the kinds of interface this kernel cannot make.
    """

    link: Link
    near: Node
    near_end: Endpoint
    far: Node | None = None
    far_end: Endpoint | None = None
    outer: str = ""
    master: str = ""
    over: str = ""
    stp: bool = False
    parent: End | None = None
    missing: frozenset[str] = frozenset()


class WrittenKey(Protocol):
    """A key of a link with its place in the file."""

    @property
    def key_at(self) -> Span: ...

    @property
    def value(self) -> object: ...


CheckEnd: TypeAlias = Callable[[object, Span, Mapping[str, WrittenKey], bool], Iterator[Diagnostic]]


def anything(
    end: object, at: Span, keys: Mapping[str, WrittenKey], wired: bool
) -> Iterator[Diagnostic]:
    """The `check_end` of a kind of whose keys each may stand with any other."""
    del end, at, keys, wired
    yield from ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the language asks of a kind, beside its branch in the schema: its keys and modes.

    `joins`: it has an outer end that leads to a bridge or, as a wire, to another node, and
    `outer-dev` names that end; of every other kind it names the parent. `needs` are the keys
    it cannot do without. `check_end` tells which keys of one end do not go together; it is
    given the end, whose text is its name, its place, its keys, and whether it is the end of a wire.

    Of those on one parent: `takes_all` names what the parent is for kinds that take every frame it
    receives, and it is one such thing only; a bridge's port is another. `alone` are the modes of an
    interface that has its parent for itself. `one_mode`: all on a parent have the same. `unlike` is
    the key in which no two are the same.
    """

    joins: bool = False
    needs: tuple[str, ...] = ()
    check_end: CheckEnd = anything
    takes_all: str = ""
    alone: frozenset[str] = frozenset()
    one_mode: str | None = None
    unlike: str = ""


class Kind(Protocol):
    """What a module in this package offers."""

    RULES: Rules
    """What may be written of it."""

    NEEDS: frozenset[str]
    """The kinds of interface it asks of the kernel, to find out which are missing."""

    def check(self, link: Link) -> Iterator[Diagnostic]:
        """What of this link the kind cannot bring up."""
        ...

    def expand(self, bound: BoundLink) -> Iterator[Interface]:
        """The interfaces it is made of; of a veth the end in the node first."""
        ...


_KINDS = Modules[Kind](__name__, __path__)


def rules(name: str) -> Rules:
    """What may be written of a kind of the language. Raises `KeyError` where there is none."""
    return kind(name).RULES


def has_parent(link: Link) -> bool:
    """Whether its `outer-dev` names a parent."""
    return link.outer is not None and not rules(link.kind).joins


def on_parent(
    bound: BoundLink,
    kind: str,
    data: Data,
    *,
    mac: str | None,
    fixed: frozenset[str],
) -> Interface:
    """An interface of a kind that lies on a parent. It has the parent's MTU where none is declared.

    Of `data`, what `fixed` names cannot be changed in place.
    """
    end = bound.near_end
    return Interface(
        bound.near.name,
        end.dev,
        kind,
        mac=mac,
        mtu=end.mtu,
        up=end.up,
        master="",
        parent=bound.parent,
        data=data,
        fixed=fixed,
        unmakeable=kind in bound.missing,
    )


def kinds() -> tuple[str, ...]:
    """The names of all kinds that can be brought up."""
    return _KINDS.names


def kind(name: str) -> Kind:
    """The module of one kind. Raises `KeyError` where there is none."""
    return _KINDS[name]
