"""The route that the kernel makes by itself for the prefix of an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from conlink_compose.state.route import Route
from conlink_compose.state.thing import Conflict, Key, Phase, Step, Thing, Verb

IPV6_METRIC = 256
"""Of the routes that the kernel makes for IPv6 prefixes (IP6_RT_PRIO_ADDRCONF); of IPv4's it is 0.
"""


@dataclass(frozen=True, slots=True)
class PrefixRoute(Thing):
    """`to` is a network.

    Seen, `there` tells whether it is, and `src` is the address that packets over it leave from.
    Desired, it belongs to a declared address, or is that of the link-local ones.
    """

    SEEN: ClassVar[frozenset[str]] = frozenset({"owned", "there"})
    BY_ITSELF: ClassVar[bool] = True

    netns: str
    interface: str
    to: str
    src: str | None = None
    there: bool = True
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("prefix-route", self.netns, self.interface, self.to)

    @property
    def kind_name(self) -> str:
        return "route"

    @property
    def lies_on(self) -> Key:
        return ("interface", self.netns, self.interface)

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del verb, makes_room
        return Phase.NODES, Step.PREFIX_ROUTE

    def is_lost(self, now: PrefixRoute) -> PrefixRoute | None:
        return None if now.there else replace(now, there=True)

    def conflict(self, now: PrefixRoute, actual: Mapping[Key, Thing]) -> Conflict | None:
        """Somebody's own route stands where the kernel's was: it takes its packets in any case."""
        metric = IPV6_METRIC if ":" in self.to else 0
        if now.there or Route(self.netns, "", self.to, metric=metric).key not in actual:
            return None
        return Conflict(
            f"{self.netns} has a route to {self.to} that is neither ours nor the kernel's own",
            f"remove it, and that of {self.netns}:{self.interface} is put back: "
            f"ip route delete {self.to}",
        )

    @property
    def title(self) -> str:
        src = f" src {self.src}" if self.src else ""
        return f"route {self.to}{src} on {self.netns}:{self.interface}"

    @property
    def called(self) -> str:
        return f"route {self.to} on {self.interface} of {self.where}"
