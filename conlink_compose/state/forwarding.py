"""Whether a namespace sends on what is not meant for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb

_PATHS = {4: "net/ipv4/ip_forward", 6: "net/ipv6/conf/all/forwarding"}


@dataclass(frozen=True, slots=True)
class Forwarding(Thing):
    """`family` is 4 or 6. Each namespace has both of them, and is asked only where it is declared:
    of the hub, and of a host by its sysctls."""

    IN_PLACE: ClassVar[tuple[str, ...]] = ("on",)
    BY_ITSELF: ClassVar[bool] = True
    IS_WAITED_FOR: ClassVar[bool] = False

    netns: str
    family: int
    on: bool = True
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("forwarding", self.netns, str(self.family))

    @property
    def setting(self) -> tuple[str, str]:
        """What is written where, below /proc/sys."""
        return _PATHS[self.family], str(int(self.on))

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del verb, makes_room
        return Phase.NODES, Step.INTERFACE

    @property
    def title(self) -> str:
        return f"IPv{self.family} forwarding of {self.where}"

    @property
    def called(self) -> str:
        return self.title
