"""What every object has that the kernel can hold: desired and actual state are made of the same.

An attribute that is None is not declared, and is not compared. A namespace is named by its node's
name, `HUB` or `MACHINE`. To add an object, write its file here and its handler in `kernel/`; what
plans, orders, compares and describes asks the object, and knows none by its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any, ClassVar, Literal, NamedTuple, TypeAlias

HUB = "(hub)"
"""The hub's label among the node names, which cannot hold a parenthesis."""

MACHINE = "(machine)"
"""The label of the machine's own namespace. Interfaces there are parents of ours, and nothing in it
is ever made, changed or removed."""

OUT_OF_REACH = "(out of reach)"
"""The label of that namespace where it cannot be entered."""

PROTOCOL = 193
"""Our mark on routes (rtm_protocol) and addresses (IFA_PROTO): free in rt_protos of iproute2."""

Key: TypeAlias = tuple[str, ...]

Verb: TypeAlias = Literal["add", "change", "remove"]


class Phase(IntEnum):
    """When an operation is obeyed: first the hub and the interfaces, one stream through the hub's
    socket; then node by node, so that all for one namespace travel in one send; then what goes
    away; last the marks that open the gates."""

    LINKS = 0
    NODES = 1
    CLEAR = 2
    OPEN = 3


class Step(IntEnum):
    """The order within a phase. A gateway is reachable by an address: addresses come before routes
    and go after them."""

    MAKE_ROOM = 0
    IN_HUB = 1
    ELSEWHERE = 2
    CHANGE_IN_HUB = 3
    INTERFACE = 4
    ADDRESS_ROOM = 5
    ADDRESS = 6
    PREFIX_ROUTE = 7
    ROUTE = 8
    ON_INTERFACE = 9
    RULE_TABLE = 10
    RULE = 11
    REMOVE_ROUTE = 12
    REMOVE_ADDRESS = 13
    REMOVE_LINK = 14
    REMOVE_BRIDGE = 15


class Conflict(NamedTuple):
    """What stands in the way of a desired object, and what to do about it."""

    message: str
    advice: str


class Thing:
    """One object. `owned` tells that it bears our mark; it is always true of a desired one."""

    __slots__ = ()

    netns: str
    owned: bool

    IN_PLACE: ClassVar[tuple[str, ...]] = ()
    """The attributes that can be changed in place."""

    SEEN: ClassVar[frozenset[str]] = frozenset({"owned"})
    """Attributes that are seen, and never declared."""

    BY_ITSELF: ClassVar[bool] = False
    """It comes and goes without us: the kernel makes it with what it belongs to. It is never made
    beforehand nor removed, only put back where it is seen to be lost."""

    IS_MARK: ClassVar[bool] = False
    """It is no part of the network, but tells of it; nothing takes it back."""

    IS_WAITED_FOR: ClassVar[bool] = True
    """A node is not ready while it is left to do. Where it is not, it need only have been tried."""

    @property
    def comes_by_itself(self) -> bool:
        """Whether this one is what the kernel makes by itself."""
        return self.BY_ITSELF

    @property
    def key(self) -> Key:
        """Unique in a `State`."""
        raise NotImplementedError

    @property
    def kind_name(self) -> str:
        """What it is, for a program: `veth`, `address`, `route`."""
        return type(self).__name__.lower()

    @property
    def lies_on(self) -> Key | None:
        """What it goes with: an interface, or a table of rules."""
        return None

    @property
    def about(self) -> Key | None:
        """The interface that it does something to."""
        return self.lies_on

    @property
    def needs(self) -> frozenset[Key]:
        """The objects without which it cannot be."""
        return frozenset((self.lies_on,) if self.lies_on else ())

    @property
    def ends_with(self) -> frozenset[Key]:
        """The objects that come and go together with it, as a veth's two ends do."""
        return frozenset()

    @property
    def room(self) -> Key:
        """What it takes up: two with the same room cannot be at once."""
        return self.key

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        """When it is obeyed. `makes_room`, of a removal: something is added in its place."""
        raise NotImplementedError

    def is_made_anew(self, now: Any) -> bool:
        """Whether `now`, which has its key, cannot be changed into it."""
        del now
        return False

    def is_lost(self, now: Any) -> Any | None:
        """What is to be added where the kernel's own is gone; only of what is made `BY_ITSELF`."""
        del now
        return None

    def conflict(self, now: Any, actual: Mapping[Key, Thing]) -> Conflict | None:
        """What is told where `now`, which has its key, stands in the way and is left alone, or
        another of the `actual` objects does."""
        del now, actual
        return None

    @property
    def asks(self) -> str:
        """What of the kernel it asks that not every kernel has; empty for nothing."""
        return ""

    def lacks(self, desired: Mapping[Key, Thing], actual: Mapping[Key, Thing]) -> Conflict | None:
        """What is told where it has to wait for something that is not ours to make."""
        del desired, actual
        return None

    def differences(self, now: Any) -> Iterator[str]:
        """What of it is declared and not so in `now`, in words: `mtu 1500 -> 1400`."""
        for name in self.IN_PLACE:
            new = getattr(self, name)
            if new is None:
                continue
            old = getattr(now, name)
            if old != new and (old or new):
                yield f"{name} {word(old)} -> {word(new)}"

    @property
    def title(self) -> str:
        """As `plan` calls it: `address 10.0.0.1/24 on web-1:eth0`."""
        raise NotImplementedError

    @property
    def called(self) -> str:
        """As a sentence calls it: `address 10.0.0.1/24 on eth0 of web-1`."""
        raise NotImplementedError

    @property
    def attributes(self) -> Iterator[str]:
        """What `plan` adds to the title where it is to be made: `mtu 1400`."""
        yield from ()

    @property
    def where(self) -> str:
        """Its namespace, in a sentence."""
        return place_of(self.netns)


_PLACES = {HUB: "the hub", MACHINE: "the machine", OUT_OF_REACH: "the machine"}


def place_of(netns: str) -> str:
    """A namespace, in a sentence."""
    return _PLACES.get(netns, netns)


def word(value: object) -> str:
    """A value of an attribute, for a person."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "", ()) else str(value)
