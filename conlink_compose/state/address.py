"""An address of an interface."""

from __future__ import annotations

from dataclasses import dataclass

from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb


@dataclass(frozen=True, slots=True)
class Address(Thing):
    """`cidr` is `ADDRESS/PREFIX` in its shortest form."""

    netns: str
    interface: str
    cidr: str
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("address", self.netns, self.interface, self.cidr)

    @property
    def lies_on(self) -> Key:
        return ("interface", self.netns, self.interface)

    @property
    def room(self) -> Key:
        """An interface holds an IPv6 address once, whatever the length."""
        if ":" not in self.cidr:
            return self.key
        return ("bare", self.netns, self.interface, self.cidr.partition("/")[0])

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        if verb == "remove":
            return Phase.NODES, Step.ADDRESS_ROOM if makes_room else Step.REMOVE_ADDRESS
        return Phase.NODES, Step.ADDRESS

    @property
    def title(self) -> str:
        return f"address {self.cidr} on {self.netns}:{self.interface}"

    @property
    def called(self) -> str:
        return f"address {self.cidr} on {self.interface} of {self.where}"
