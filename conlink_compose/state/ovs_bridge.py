"""A bridge of Open vSwitch, and the interface by which the hub itself is a port of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.feature import OVS, without
from conlink_compose.state.interface import Interface
from conlink_compose.state.thing import Conflict, Key, Phase, Step, Thing, Verb

KERNEL_DATAPATH = "system"
USERSPACE_DATAPATH = "netdev"
"""As Open vSwitch calls the two (ovs-vswitchd.conf.db(5), datapath_type)."""


@dataclass(frozen=True, slots=True)
class OvsBridge(Thing):
    """`datapath` is one of the two above. Of the hub's own port of it `vlan` is the VLAN it is in,
    0 for every one of them, `mac` its address and `mtu` the largest packet it sends; Open vSwitch
    chooses what is not declared.

    `whole`: it is not only written down, Open vSwitch made it. `unmakeable` tells of a desired one
    that nobody is there to make.
    """

    IN_PLACE: ClassVar[tuple[str, ...]] = (
        "datapath",
        "stp",
        "mcast_snooping",
        "vlan",
        "mac",
        "mtu",
    )
    SEEN: ClassVar[frozenset[str]] = frozenset({"owned", "whole", "unmakeable"})

    netns: str
    name: str
    datapath: str = KERNEL_DATAPATH
    stp: bool = False
    mcast_snooping: bool = False
    vlan: int = 0
    mac: str | None = None
    mtu: int | None = None
    whole: bool = True
    unmakeable: bool = False
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("ovs-bridge", self.netns, self.name)

    @property
    def kind_name(self) -> str:
        return "ovs-bridge"

    @property
    def room(self) -> Key:
        """Its name, among the interfaces."""
        return ("interface", self.netns, self.name)

    @property
    def asks(self) -> str:
        return OVS

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        if verb == "remove" and not makes_room:
            return Phase.CLEAR, Step.REMOVE_BRIDGE
        return Phase.LINKS, Step.MAKE_ROOM if verb == "remove" else Step.IN_HUB

    def differences(self, now: OvsBridge) -> Iterator[str]:
        if not now.whole:
            yield "is written down, and not made"
        yield from Thing.differences(self, now)

    def lacks(self, desired: Mapping[Key, Thing], actual: Mapping[Key, Thing]) -> Conflict | None:
        del desired
        if self.unmakeable:
            return without(self)
        there = actual.get(self.room)
        if there is None or there.owned or (isinstance(there, Interface) and there.kind == "tun"):
            return None
        message = f"{self.netns} already has an interface {self.name} that is not ours"
        return Conflict(
            f"{message}, and it is left alone",
            f"choose another name, or remove it: ip link delete {self.name}",
        )

    @property
    def title(self) -> str:
        return f"ovs bridge {self.netns}:{self.name}"

    @property
    def called(self) -> str:
        return f"ovs bridge {self.name} of {self.where}"

    @property
    def attributes(self) -> Iterator[str]:
        yield f"datapath {self.datapath}"
        if self.stp:
            yield "stp"
        if self.mcast_snooping:
            yield "mcast_snooping"
        if self.vlan:
            yield f"vlan {self.vlan}"
        if self.mac:
            yield f"mac {self.mac}"
        if self.mtu:
            yield f"mtu {self.mtu}"


@dataclass(frozen=True, slots=True)
class LocalPort(Interface):
    """The interface of an `OvsBridge`'s name. Open vSwitch makes it with the bridge, and takes it
    away with it."""

    @property
    def comes_by_itself(self) -> bool:
        return True

    @property
    def lies_on(self) -> Key:
        return ("ovs-bridge", self.netns, self.name)

    @property
    def needs(self) -> frozenset[Key]:
        return frozenset((self.lies_on,))

    def conflict(self, now: Interface, actual: Mapping[Key, Thing]) -> Conflict | None:
        """Its bridge tells."""
        del now, actual
        return None

    def differences(self, now: Interface) -> Iterator[str]:
        """None yet to a tap of that name which Open vSwitch has still to take over."""
        yield from Interface.differences(self, now) if isinstance(now, LocalPort) else ()
