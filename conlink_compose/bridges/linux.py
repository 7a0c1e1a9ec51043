"""The kernel's own bridge."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.state import HUB, Interface
from conlink_compose.topology import Bridge


def expand(bridge: Bridge, name: str) -> Iterator[Interface]:
    # The MTU is desired only where it is declared: else the kernel keeps the bridge's at
    # the smallest of its ports' (br_mtu_auto_adjust), which is what a switch should do.
    yield Interface(
        HUB,
        name,
        "bridge",
        mtu=bridge.mtu,
        up=True,
        stp=bridge.stp,
        vlan_filtering=bridge.vlan_filtering,
        mcast_snooping=bridge.mcast_snooping,
        group_fwd_mask=bridge.group_fwd_mask,
    )
