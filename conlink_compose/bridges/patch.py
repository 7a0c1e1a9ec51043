"""A patch cable between two ends: each frame that comes in by one goes out by the other.

There is no bridge between them that keeps frames to itself or drops them: LLDP, LACP, spanning tree
and pause frames pass as all others do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conlink_compose.bridges import BoundBridge, Port, Rules
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.state import HUB, MIRRED, Redirect, Thing
from conlink_compose.topology import Bridge


def check_ends(bridge: Bridge, ends: int) -> Iterator[Diagnostic]:
    if ends != 2:
        message = f"a patch has two ends; {bridge.name} has {ends or 'none'}"
        help_ = "replicas count; mode: linux or ovs joins any number"
        yield Diagnostic("patch-ends", message, bridge.span, help_)


RULES = Rules(knobs=frozenset(), check_ends=check_ends, one_mtu=True)

IS_INTERFACE = False

ENSLAVES = False


def needs(bridge: Bridge) -> frozenset[str]:
    del bridge
    return frozenset((MIRRED,))


def expand(bound: BoundBridge) -> Iterator[Thing]:
    del bound
    yield from ()


def on_ports(bound: BoundBridge, ports: Sequence[Port]) -> Iterator[tuple[Thing, Span | None]]:
    """Nothing while only one of the two is there, or where replicas beyond the declared ones make
    them more."""
    if len(ports) == 2:
        first, second = (port.name for port in ports)
        yield Redirect(HUB, first, second), bound.bridge.place("mode")
        yield Redirect(HUB, second, first), bound.bridge.place("mode")
