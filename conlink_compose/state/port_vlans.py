"""The VLANs that pass a port of a bridge that filters them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb

DEFAULT_VLAN = 1
"""Every new port is an access port of it (net/bridge/br_vlan.c, default_pvid)."""


@dataclass(frozen=True, slots=True)
class PortVlans(Thing):
    """`pvid` is the VLAN of the frames that come in untagged, 0 where these are dropped. Frames of
    `untagged` leave without a tag, those of `tagged` with theirs; each in rising order."""

    IN_PLACE: ClassVar[tuple[str, ...]] = ("pvid", "untagged", "tagged")

    netns: str
    interface: str
    pvid: int = DEFAULT_VLAN
    untagged: tuple[int, ...] = (DEFAULT_VLAN,)
    tagged: tuple[int, ...] = ()
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("port-vlans", self.netns, self.interface)

    @property
    def kind_name(self) -> str:
        return "port-vlans"

    @property
    def lies_on(self) -> Key:
        return ("interface", self.netns, self.interface)

    @property
    def is_default(self) -> bool:
        """It is as the kernel has it of a new port."""
        return self == PortVlans(self.netns, self.interface)

    @property
    def comes_by_itself(self) -> bool:
        return self.is_default

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del verb, makes_room
        return Phase.LINKS, Step.CHANGE_IN_HUB

    def differences(self, now: PortVlans) -> Iterator[str]:
        if self.words != now.words:
            yield f"{now.words} -> {self.words}"

    @property
    def words(self) -> str:
        """As the language has it: `vlan 10`, `trunk 10,20 native 1`; any other way as `bridge vlan`
        does: `vlans 1 10 untagged 1 10 pvid 10`."""
        if not self.tagged and self.untagged == (self.pvid,):
            return f"vlan {self.pvid}"
        if self.tagged and not self.untagged and not self.pvid:
            return f"trunk {_listed(self.tagged)}"
        if self.tagged and self.untagged == (self.pvid,):
            return f"trunk {_listed(self.tagged)} native {self.pvid}"
        untagged = f" untagged {_listed(self.untagged)}" if self.untagged else ""
        pvid = f" pvid {self.pvid}" if self.pvid else ""
        return f"vlans {_listed((*self.untagged, *self.tagged)) or 'none'}{untagged}{pvid}"

    @property
    def title(self) -> str:
        return f"{self.words} on port {self.netns}:{self.interface}"

    @property
    def called(self) -> str:
        return f"{self.words} on port {self.interface} of {self.where}"


def _listed(ids: tuple[int, ...]) -> str:
    """`1,10-12`."""
    found: list[list[int]] = []
    for one in sorted(ids):
        if found and found[-1][-1] == one - 1:
            found[-1][1:] = [one]
        else:
            found.append([one])
    return ",".join("-".join(map(str, each)) for each in found)
