"""What makes an interface the port of a bridge of Open vSwitch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.port_vlans import PortVlans
from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb


@dataclass(frozen=True, slots=True)
class OvsPort(Thing):
    """It does not go with its interface: Open vSwitch waits for another of that name.

    Without `vlans` it belongs to every VLAN, and frames pass it with whatever tag they have.

    `works`: it is not only written down, Open vSwitch has it. `held` is how the spanning tree holds
    it back: listening, learning or blocking.
    """

    IN_PLACE: ClassVar[tuple[str, ...]] = ("bridge", "vlans")
    SEEN: ClassVar[frozenset[str]] = frozenset({"owned", "works", "held"})

    netns: str
    interface: str
    bridge: str
    vlans: PortVlans | None = None
    works: bool = True
    held: str | None = None
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("ovs-port", self.netns, self.interface)

    @property
    def kind_name(self) -> str:
        return "ovs-port"

    @property
    def about(self) -> Key:
        return ("interface", self.netns, self.interface)

    @property
    def needs(self) -> frozenset[Key]:
        return frozenset((self.about, ("ovs-bridge", self.netns, self.bridge)))

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        """After its interface has left any other bridge, and before it enters another."""
        del makes_room
        return Phase.LINKS, Step.MAKE_ROOM if verb == "remove" else Step.INTERFACE

    def differences(self, now: OvsPort) -> Iterator[str]:
        if self.bridge != now.bridge:
            yield f"bridge {now.bridge} -> {self.bridge}"
        if self.vlans != now.vlans:
            yield f"{now.words or 'every vlan'} -> {self.words or 'every vlan'}"
        if not now.works:
            yield "is written down, and passes nothing"

    @property
    def words(self) -> str:
        """Its VLANs; empty for all of them."""
        return self.vlans.words if self.vlans else ""

    @property
    def title(self) -> str:
        return f"port {self.netns}:{self.interface} of ovs bridge {self.bridge}"

    @property
    def called(self) -> str:
        return f"port {self.interface} of bridge {self.bridge} of {self.where}"

    @property
    def attributes(self) -> Iterator[str]:
        if self.words:
            yield self.words
