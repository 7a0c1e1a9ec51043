"""What a kernel may have been built without, beside kinds of interface: found out by trying."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conlink_compose.kernel.kind_data import filters_vlans
from conlink_compose.kernel.link_socket import LinkSocket
from conlink_compose.kernel.messages_link import dump_links, make
from conlink_compose.kernel.messages_redirect import add, add_qdisc
from conlink_compose.kernel.read_link import read_link
from conlink_compose.linux.uapi import LOOPBACK_IFINDEX
from conlink_compose.state import HUB, MIRRED, VLAN_FILTERING, Interface


def _filters_vlans(asked: LinkSocket) -> bool:
    """Held by what is there afterwards: a kernel that cannot refuses the bridge, or makes it and
    tells nothing of VLANs."""
    bridge = Interface(HUB, "filters", "bridge", data=((VLAN_FILTERING, True),))
    asked.exchange((make(bridge, 0, 0),))
    links = map(read_link, asked.dump(dump_links()))
    return any(filters_vlans(link.data) for link in links if link.name == bridge.name)


def _redirects(asked: LinkSocket) -> bool:
    return not asked.exchange(
        (add_qdisc(LOOPBACK_IFINDEX), add(LOOPBACK_IFINDEX, LOOPBACK_IFINDEX))
    )


FEATURES: Mapping[str, Callable[[LinkSocket], bool]] = {
    VLAN_FILTERING: _filters_vlans,
    MIRRED: _redirects,
}
"""By the name that a `Thing` asks for it; the socket's namespace ends with the question."""
