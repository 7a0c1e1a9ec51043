"""Messages that change which VLANs pass a port of a bridge.

What is new comes before what goes, and what stays is not touched: frames of it pass meanwhile.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable, Iterator, Mapping

from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, nest, u32
from conlink_compose.state import Operation, PortVlans, Verb

_HEAD = struct.Struct("=BxHiII")
_VLAN = struct.Struct("=HH")  # struct bridge_vlan_info: flags, id
_IDS = range(1, 4095)

FINE: Mapping[Verb, tuple[int, ...]] = {}

Flags = dict[int, int]
"""The BRIDGE_VLAN_INFO_* of each VLAN."""


def tell(operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
    """A port that goes back to the kernel's default is no port of a filtering bridge for long."""
    del lookup
    wanted, before = operation.thing, operation.before
    assert isinstance(wanted, PortVlans)
    if operation.verb == "remove":
        wanted = PortVlans(wanted.netns, wanted.interface)
    flags = _flags(wanted)
    # Of a port that was not seen nobody knows what it has: all others go.
    there = _flags(before) if isinstance(before, PortVlans) else dict.fromkeys(_IDS, -1)
    added = {vid: flag for vid, flag in flags.items() if there.get(vid) != flag}
    return (
        *_requests(uapi.RTM_SETLINK, ifindex, added.items()),
        *_requests(uapi.RTM_DELLINK, ifindex, ((vid, 0) for vid in there.keys() - flags.keys())),
    )


def dump_port_vlans() -> Request:
    """Of the ports of all bridges of a namespace."""
    mask = u32(uapi.IFLA_EXT_MASK, uapi.RTEXT_FILTER_BRVLAN_COMPRESSED)
    return Request(uapi.RTM_GETLINK, 0, _HEAD.pack(socket.AF_BRIDGE, 0, 0, 0, 0) + mask)


def _flags(port: PortVlans) -> Flags:
    found = dict.fromkeys(port.tagged, 0) | dict.fromkeys(
        port.untagged, uapi.BRIDGE_VLAN_INFO_UNTAGGED
    )
    if port.pvid:
        found[port.pvid] = found.get(port.pvid, 0) | uapi.BRIDGE_VLAN_INFO_PVID
    return found


def _requests(kind: int, ifindex: int, vlans: Iterable[tuple[int, int]]) -> Iterator[Request]:
    packed = b"".join(_packed(first, last, flags) for first, last, flags in _ranges(vlans))
    if packed:
        head = _HEAD.pack(socket.AF_BRIDGE, 0, ifindex, 0, 0)
        yield Request(kind, 0, head + nest(uapi.IFLA_AF_SPEC, packed))


def _packed(first: int, last: int, flags: int) -> bytes:
    if first == last:
        return _vlan(flags, first)
    begin, end = uapi.BRIDGE_VLAN_INFO_RANGE_BEGIN, uapi.BRIDGE_VLAN_INFO_RANGE_END
    return _vlan(flags | begin, first) + _vlan(flags | end, last)


def _vlan(flags: int, vid: int) -> bytes:
    return attribute(uapi.IFLA_BRIDGE_VLAN_INFO, _VLAN.pack(flags, vid))


def _ranges(vlans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Neighbours of the same flags as one range; the kernel takes no range of a pvid."""
    first = last = flags = 0
    for vid, flag in sorted(vlans):
        if first and vid == last + 1 and flag == flags and not flag & uapi.BRIDGE_VLAN_INFO_PVID:
            last = vid
            continue
        if first:
            yield first, last, flags
        first = last = vid
        flags = flag
    if first:
        yield first, last, flags
