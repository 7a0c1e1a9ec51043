"""A macvlan: beside others on one parent, each with a MAC of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.links import BoundLink, Rules, WrittenKey, on_parent
from conlink_compose.state import Interface
from conlink_compose.topology import Link

NEEDS = frozenset({"macvlan"})

MODE = "bridge"
"""Where none is named: all on one parent reach each other. The kernel's own is vepa, which leaves
that to a switch that few have; Docker's is this one."""

PASSTHRU = "passthru"
"""It has the whole parent, and its MAC: the kernel passes a change of the one on to the other."""


def check_end(
    end: object, at: Span, keys: Mapping[str, WrittenKey], wired: bool
) -> Iterator[Diagnostic]:
    del end, at, wired
    if "mac" in keys and "mode" in keys and keys["mode"].value == PASSTHRU:
        message = "mac is not for mode passthru, in which the interface has the MAC of its parent"
        yield Diagnostic("key-not-for-mode", message, keys["mac"].key_at, "leave mac out")


RULES = Rules(
    needs=("outer-dev",),
    check_end=check_end,
    takes_all="macvlan",
    alone=frozenset({PASSTHRU}),
)


def check(link: Link) -> Iterator[Diagnostic]:
    del link  # what its parent cannot have twice, the language knows by the rules
    yield from ()


def expand(bound: BoundLink) -> Iterator[Interface]:
    yield interface("macvlan", bound)


def interface(kind: str, bound: BoundLink) -> Interface:
    """That of a macvlan, or of a macvtap, which is one with a device."""
    mode = bound.link.mode or MODE
    mac = None if mode == PASSTHRU else bound.near_end.mac
    # drivers/net/macvlan.c, macvlan_changelink: it goes into passthru and out of it only anew.
    return on_parent(bound, kind, (("mode", mode),), mac=mac, fixed=frozenset({PASSTHRU}))
