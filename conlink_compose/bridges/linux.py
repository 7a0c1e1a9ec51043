"""The kernel's own bridge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conlink_compose.state import FRESH_BRIDGE, HUB, KNOBS, Interface
from conlink_compose.topology import Bridge


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
        **{knob: _declared_or_fresh(bridge, knob) for knob in KNOBS},
    )


def _declared_or_fresh(bridge: Bridge, knob: str) -> Any:
    declared = getattr(bridge, knob)
    return getattr(FRESH_BRIDGE, knob) if declared is None else declared
