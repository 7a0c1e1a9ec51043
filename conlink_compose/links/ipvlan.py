"""An ipvlan: beside others on one parent, whose MAC all have; addresses tell them apart."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.links import BoundLink, Rules, on_parent
from conlink_compose.state import Interface
from conlink_compose.topology import Link

NEEDS = frozenset({"ipvlan"})

MODE = "l2"
"""Where none is named: with ARP and broadcasts, as on a wire. The kernel's own is l3; Docker's is
this one."""

# drivers/net/ipvlan/ipvlan_main.c, ipvlan_set_port_mode: the mode is the parent's.
RULES = Rules(needs=("outer-dev",), takes_all="ipvlan", one_mode=MODE)


def check(link: Link) -> Iterator[Diagnostic]:
    del link  # what its parent cannot have twice, the language knows by the rules
    yield from ()


def expand(bound: BoundLink) -> Iterator[Interface]:
    yield interface("ipvlan", bound)


def interface(kind: str, bound: BoundLink) -> Interface:
    """That of an ipvlan, or of an ipvtap, which is one with a device."""
    data = (("mode", bound.link.mode or MODE),)
    return on_parent(bound, kind, data, mac=None, fixed=frozenset())
