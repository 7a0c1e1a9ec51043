"""The kernel's own bridge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from conlink_compose.bridges import BoundBridge, Port, Rules, vlans_of
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.state import FRESH, HUB, VLAN_FILTERING, Interface, Thing
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


IS_INTERFACE = True

ENSLAVES = True


def check_mask(mask: int, at: Span) -> Iterator[Diagnostic]:
    """Whether the kernel takes `mask` for its knob `group_fwd_mask`."""
    if mask & _RESERVED_GROUPS:
        message = f"group_fwd_mask {mask} has one of the bits 0, 1 and 2, which the kernel refuses"
        yield Diagnostic("bad-value", message, at, "mode: patch lets every frame pass")


def needs(bridge: Bridge) -> frozenset[str]:
    return frozenset((VLAN_FILTERING,) if bridge.vlan_filtering else ())


def expand(bound: BoundBridge) -> Iterator[Thing]:
    # The kernel's defaults are desired by name: a knob taken out of the file is turned back.
    # The MTU is desired only where it is declared: else the kernel keeps the bridge's at
    # the smallest of its ports' (br_mtu_auto_adjust), which is what a switch should do.
    bridge = bound.bridge
    yield Interface(
        HUB,
        bound.name,
        "bridge",
        mac=bound.mac,
        mtu=bridge.mtu,
        up=True,
        data=tuple((knob, _declared(bridge, knob, fresh)) for knob, fresh in FRESH["bridge"]),
    )


def on_ports(bound: BoundBridge, ports: Sequence[Port]) -> Iterator[tuple[Thing, Span | None]]:
    """Of a bridge that filters VLANs: which pass each port."""
    if bound.bridge.vlan_filtering:
        vlans = vlans_of(ports)
        for port in ports:
            yield vlans[port.name], port.span


def _declared(bridge: Bridge, knob: str, fresh: Any) -> Any:
    declared = getattr(bridge, knob)
    return fresh if declared is None else declared
