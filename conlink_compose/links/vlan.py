"""A vlan: the frames of its parent that have one 802.1Q id, without the tag."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.links import BoundLink, Rules, on_parent
from conlink_compose.state import Interface
from conlink_compose.topology import Link

RULES = Rules(needs=("outer-dev", "vlanid"), unlike="vlanid")

NEEDS = frozenset({"vlan"})


def check(link: Link) -> Iterator[Diagnostic]:
    del link  # what its parent cannot have twice, the language knows by the rules
    yield from ()


def expand(bound: BoundLink) -> Iterator[Interface]:
    assert bound.link.vlanid is not None, "RULES ask for it"
    # The kernel answers a change of the id with a yes, and changes nothing (net/8021q).
    data = (("id", bound.link.vlanid),)
    yield on_parent(bound, "vlan", data, mac=bound.near_end.mac, fixed=frozenset({"id"}))
