"""A network interface, of whatever kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from conlink_compose.state.end import End
from conlink_compose.state.feature import VLAN_FILTERING, without
from conlink_compose.state.parent import without_parent
from conlink_compose.state.thing import (
    HUB,
    Conflict,
    Key,
    Phase,
    Step,
    Thing,
    Verb,
    word,
)

Data: TypeAlias = tuple[tuple[str, bool | int | str], ...]
"""What only interfaces of one kind have, by name: a bridge's knobs, a macvlan's mode, a vlan's id.
The file of that kind says what may stand here; `kernel/` has the kernel's numbers for the names."""

OVERRIDE = "conlink:override "
"""How the alias of an interface begins that has one."""

LONGEST_ALIAS = 255
"""Bytes: IFALIASZ is 256 (linux/if.h)."""

FRESH: dict[str, Data] = {
    "bridge": (
        ("stp", False),
        ("vlan_filtering", False),
        ("mcast_snooping", True),
        ("group_fwd_mask", 0),
    )
}
"""What the kernel gives who asks for nothing (of bridges: net/bridge/br_device.c, br_dev_setup)."""


@dataclass(frozen=True, slots=True)
class Interface(Thing):
    """`peer` is a veth's other end, `master` the bridge it is a port of, `parent` the interface
    that a vlan, macvlan or ipvlan lies on.

    Of what stands in `data`, what `fixed` names cannot be changed in place: attributes, or values
    that are neither given nor taken back. `held` is how a port that has a carrier is held back:
    disabled, listening, learning or blocking; it is desired to be empty where the bridge has no
    spanning tree, which is then nobody's to do. `carrier` is only ever seen, and so is
    `parent_mtu`, which a bridge has of its ports: where no `mtu` is declared, it follows that one.
    `unmakeable` tells of a desired one that this kernel has not its kind. `override` is what is
    written on it (its alias) of what somebody asked of it while it ran: as JSON, empty for nothing.
    So it outlives whoever wrote it, and dies with the interface.
    """

    IN_PLACE: ClassVar[tuple[str, ...]] = ("mac", "mtu", "up", "master", "isolated", "held")
    SEEN: ClassVar[frozenset[str]] = frozenset(
        ("owned", "held", "carrier", "fixed", "override", "parent_mtu", "unmakeable")
    )

    netns: str
    name: str
    kind: str
    mac: str | None = None
    mtu: int | None = None
    up: bool | None = None
    master: str | None = None
    peer: End | None = None
    parent: End | None = None
    parent_mtu: int | None = None
    data: Data = ()
    fixed: frozenset[str] = frozenset()
    isolated: bool | None = None
    held: str | None = None
    carrier: bool = True
    override: str | None = None
    unmakeable: bool = False
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("interface", self.netns, self.name)

    @property
    def end(self) -> End:
        return End(self.netns, self.name)

    @property
    def kind_name(self) -> str:
        return self.kind

    @property
    def needs(self) -> frozenset[Key]:
        """Its other end is not among them: they are made together."""
        master = (("interface", self.netns, self.master),) if self.master else ()
        return frozenset((*master, *((self.parent.key,) if self.parent else ())))

    @property
    def ends_with(self) -> frozenset[Key]:
        return frozenset((self.peer.key,) if self.peer else ())

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        if verb == "remove":
            if makes_room:
                return Phase.LINKS, Step.MAKE_ROOM
            is_bridge = self.kind == "bridge"
            return Phase.CLEAR, Step.REMOVE_BRIDGE if is_bridge else Step.REMOVE_LINK
        if verb == "add":
            return Phase.LINKS, Step.IN_HUB if self.netns == HUB else Step.ELSEWHERE
        if self.netns == HUB:
            return Phase.LINKS, Step.CHANGE_IN_HUB
        return Phase.NODES, Step.INTERFACE

    def is_made_anew(self, now: Interface) -> bool:
        """Of another kind, or its other end or parent lies elsewhere, as after the fast restart of
        a node; or what is fixed of its kind is otherwise."""
        if (now.kind != self.kind and not _stands_in(now, self)) or (
            self.peer and now.peer != self.peer
        ):
            return True
        if (self.parent and now.parent != self.parent) or _keeps_mac(now, self):
            return True
        there = dict(now.data)
        return any(
            there.get(name) != value and not self.fixed.isdisjoint((name, value, there.get(name)))
            for name, value in self.data
        )

    def differences(self, now: Interface) -> Iterator[str]:
        if not now.owned:
            yield "owner not ours -> ours"
        yield from Thing.differences(self, now)
        if self.inherited_mtu(now):
            yield f"mtu {now.mtu} -> {now.parent_mtu}"
        there = dict(now.data)
        for name, value in self.data:
            # What the kernel was built without it tells nothing of.
            if name in there and there[name] != value:
                yield f"{name} {word(there[name])} -> {word(value)}"

    def inherited_mtu(self, now: Interface) -> int | None:
        """The parent's, or the smallest of a bridge's ports, where no MTU is declared and `now` has
        another."""
        follows = self.parent is not None or self.kind == "bridge"
        if not follows or self.mtu is not None or now.parent_mtu == now.mtu:
            return None
        return now.parent_mtu

    def conflict(self, now: Interface, actual: Mapping[Key, Thing]) -> Conflict | None:
        del actual
        if now.owned:
            return None
        kind = f" (kind {now.kind})" if now.kind else ""
        message = (
            f"{self.netns} already has an interface {self.name}{kind} that is not ours, "
            "and it is left alone"
        )
        return Conflict(message, f"choose another name, or remove it: ip link delete {self.name}")

    def lacks(self, desired: Mapping[Key, Thing], actual: Mapping[Key, Thing]) -> Conflict | None:
        """What it waits for: its kind in this kernel, or its parent."""
        if self.unmakeable:
            return without(self)
        if self.parent is None:
            return None
        wanted, found = desired.get(self.parent.key), actual.get(self.parent.key)
        return without_parent(self, self.parent, wanted, found)

    @property
    def asks(self) -> str:
        return VLAN_FILTERING if (VLAN_FILTERING, True) in self.data else self.kind

    @property
    def joined(self) -> str:
        """What it lies on, and by which device its frames are had: `vlan 5 of lan`, or
        `parent eth0 of the machine, /dev/tap77`; empty without a parent."""
        if not self.parent:
            return ""
        data = dict(self.data)
        what = f"{self.kind} {data['id']} of" if "id" in data else "parent"
        name = self.parent.name if self.parent.netns == HUB else self.parent.called
        device = f", {data['device']}" if "device" in data else ""
        return f"{what} {name}{device}"

    @property
    def title(self) -> str:
        return f"{self.kind} {self.end}"

    @property
    def called(self) -> str:
        kind = f"{self.kind} " if self.kind else ""
        return f"{kind}interface {self.name} of {self.where}"

    @property
    def attributes(self) -> Iterator[str]:
        if self.parent:
            yield f"parent {self.parent}"
        if self.mac is not None:
            yield f"mac {self.mac}"
        if self.mtu is not None:
            yield f"mtu {self.mtu}"
        fresh = dict(FRESH.get(self.kind, ()))
        for name, value in self.data:
            if fresh.get(name) != value:
                yield f"{name} {int(value) if isinstance(value, bool) else value}"
        if self.up is False:
            yield "down"
        if self.master:
            yield f"master {self.master}"
        if self.isolated:
            yield "isolated"


def _stands_in(now: Interface, wanted: Interface) -> bool:
    """An ifb does as a dummy, and stays when the kernel has learned to make one."""
    return (now.kind, wanted.kind) == ("ifb", "dummy")


def _keeps_mac(now: Interface, wanted: Interface) -> bool:
    """An ifb keeps the MAC it was made with: it has no ndo_set_mac_address."""
    return now.kind == "ifb" and wanted.mac is not None and now.mac != wanted.mac
