"""Which interfaces in the hub are those by which it is itself a port of an Open vSwitch bridge."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from conlink_compose.kernel.mark import is_ours
from conlink_compose.kernel.rtnl.read_link import LinkRecord

KIND = "openvswitch"
_MASTER = "ovs-system"
"""Of all ports of the kernel's datapath (lib/dpif-netlink.c of Open vSwitch)."""


def is_local_port(link: LinkRecord, bridges: Collection[str]) -> bool:
    """`bridges` are the names that Open vSwitch tells of. Of the kernel's datapath it stays where
    its programs have ended; in userspace it is a tap, of which another may have the name."""
    return (link.kind == KIND and link.name != _MASTER) or link.name in bridges


def taps(links: Iterable[LinkRecord], mark: int) -> set[str]:
    """The names of those that Open vSwitch made in userspace, for as long as it does not tell: it
    alone makes a tap that bears our mark."""
    return {link.name for link in links if link.kind == "tun" and is_ours(link.group, mark)}
