"""What there is on the ports in the hub beside the interfaces: VLANs, and what leads frames on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conlink_compose.kernel.mark import is_ours
from conlink_compose.kernel.rtnl.kind_data import filters_vlans
from conlink_compose.kernel.rtnl.link_socket import LinkSocket
from conlink_compose.kernel.rtnl.messages_port_vlans import dump_port_vlans
from conlink_compose.kernel.rtnl.messages_redirect import dump_filters
from conlink_compose.kernel.rtnl.read_link import LinkRecord
from conlink_compose.kernel.rtnl.read_port_vlans import read_port_vlans
from conlink_compose.kernel.rtnl.read_redirect import read_redirect
from conlink_compose.state import HUB, PortVlans, Redirect

Links = Mapping[int, LinkRecord]
"""Those of one namespace, by ifindex."""

_WITHOUT_PORTS = 1500  # ETH_DATA_LEN of linux/if_ether.h


def smallest_mtus(links: Links) -> dict[int, int]:
    """By bridge that of its ports: the kernel keeps the bridge's own at it until somebody has set
    one, and then never does so again (net/bridge/br_if.c, br_mtu_auto_adjust)."""
    found: dict[int, int] = {}
    for link in links.values():
        if link.master:
            found[link.master] = min(link.mtu, found.get(link.master, link.mtu))
    bridges = (link.ifindex for link in links.values() if link.kind == "bridge")
    return {ifindex: found.get(ifindex, _WITHOUT_PORTS) for ifindex in bridges}


def port_vlans(hub: LinkSocket, links: Links, mark: int) -> Iterator[PortVlans]:
    """Asked for where a bridge of ours filters them. Of another's it is not our affair."""
    filtering = {
        link.ifindex
        for link in links.values()
        if link.kind == "bridge" and is_ours(link.group, mark) and filters_vlans(link.data)
    }
    for record in map(read_port_vlans, hub.dump(dump_port_vlans()) if filtering else ()):
        link = links.get(record.ifindex)
        if link and link.master in filtering and is_ours(link.group, mark):
            yield PortVlans(HUB, link.name, *record[1:])


def redirects(hub: LinkSocket, links: Links, mark: int) -> Iterator[Redirect]:
    """Asked for at each interface of ours that no bridge of ours has: the rare ones."""
    for link in links.values():
        master = links.get(link.master)
        joined = link.kind == "bridge" or (master and is_ours(master.group, mark))
        if joined or not is_ours(link.group, mark):
            continue
        found = read_redirect(hub.dump(dump_filters(link.ifindex)))
        if found:
            target = links.get(found.target)
            yield Redirect(HUB, link.name, target.name if target else "", found.alone)
