"""A dummy: an interface that holds addresses and drops what is sent through it."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.links import KERNEL_MTU, BoundLink, Rules
from conlink_compose.state import Interface
from conlink_compose.topology import Link

RULES = Rules()

NEEDS = frozenset({"dummy"})

STAND_IN = "ifb"
"""Where the kernel has no dummy: an ifb nobody redirects to drops every frame it is given
(drivers/net/ifb.c, ifb_xmit), asks for no ARP and holds addresses just as well."""


def check(link: Link) -> Iterator[Diagnostic]:
    del link  # everything a dummy may be told is common to all kinds
    yield from ()


def expand(bound: BoundLink) -> Iterator[Interface]:
    endpoint = bound.near_end
    yield Interface(
        bound.near.name,
        endpoint.dev,
        STAND_IN if "dummy" in bound.missing else "dummy",
        mac=endpoint.mac,
        mtu=endpoint.mtu or KERNEL_MTU,
        up=endpoint.up,
        master="",
    )
