"""A macvtap: a macvlan whose frames a program has, of the device /dev/tapN (N is its index)."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.links import BoundLink, macvlan
from conlink_compose.state import Interface

NEEDS = frozenset({"macvtap"})
RULES = macvlan.RULES
check = macvlan.check


def expand(bound: BoundLink) -> Iterator[Interface]:
    yield macvlan.interface("macvtap", bound)
