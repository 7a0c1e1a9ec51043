"""An ipvtap: an ipvlan whose frames a program has, of the device /dev/tapN (N is its index)."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.links import BoundLink, ipvlan
from conlink_compose.state import Interface

NEEDS = frozenset({"ipvtap"})
RULES = ipvlan.RULES
check = ipvlan.check


def expand(bound: BoundLink) -> Iterator[Interface]:
    yield ipvlan.interface("ipvtap", bound)
