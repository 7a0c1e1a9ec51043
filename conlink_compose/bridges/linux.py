"""The kernel's own bridge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conlink_compose.bridges import Rules
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.state import FRESH, HUB, Interface
from conlink_compose.topology import Bridge

MOST_PORTS = 1023
"""BR_MAX_PORTS of the kernel's net/bridge, less the number 0; the next one fails with EXFULL."""

_RESERVED_GROUPS = 0b111
"""BR_GROUPFWD_RESTRICTED of the kernel: spanning tree, pause frames, link aggregation."""


def check_ends(bridge: Bridge, ends: int) -> Iterator[Diagnostic]:
    if ends > MOST_PORTS:
        message = f"a bridge of mode linux has {MOST_PORTS} ports; {bridge.name} needs {ends}"
        yield Diagnostic("bridge-full", message, bridge.span, "mode: ovs has room for more")


RULES = Rules(frozenset(("forward", "vlan", "isolated")), check_ends=check_ends)


def check_mask(mask: int, at: Span) -> Iterator[Diagnostic]:
    """Whether the kernel takes `mask` for its knob `group_fwd_mask`."""
    if mask & _RESERVED_GROUPS:
        message = f"group_fwd_mask {mask} has one of the bits 0, 1 and 2, which the kernel refuses"
        yield Diagnostic("bad-value", message, at, "mode: patch lets every frame pass")


def expand(bridge: Bridge, name: str) -> Iterator[Interface]:
    # The kernel's defaults are desired by name: a knob taken out of the file is turned back.
    # The MTU is desired only where it is declared: else the kernel keeps the bridge's at
    # the smallest of its ports' (br_mtu_auto_adjust), which is what a switch should do.
    yield Interface(
        HUB,
        name,
        "bridge",
        mtu=bridge.mtu,
        up=True,
        data=tuple((knob, _declared(bridge, knob, fresh)) for knob, fresh in FRESH["bridge"]),
    )


def _declared(bridge: Bridge, knob: str, fresh: Any) -> Any:
    declared = getattr(bridge, knob)
    return fresh if declared is None else declared
