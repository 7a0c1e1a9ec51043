"""Routes as a dump brings them."""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

from conlink_compose.kernel.rtnl.read_address import shortest
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import Message, number, parse
from conlink_compose.state import PROTOCOL

_HEAD = struct.Struct("=BBBBBBBBI")
_NEXT_HOP = struct.Struct("=HBBi")
_FAMILIES = (socket.AF_INET, socket.AF_INET6)
_NOTHING = memoryview(b"")


class RouteRecord(NamedTuple):
    """`ifindex` is 0 where somebody else's route has several next hops.

    `shared` tells that hops which are not ours stand beside ours, `by_kernel` that the kernel made
    it for an address.
    """

    ifindex: int
    to: str
    via: str | None
    metric: int
    table: int
    src: str | None
    onlink: bool
    shared: bool
    ours: bool
    by_kernel: bool


def read_route(message: Message) -> RouteRecord | None:
    """None where it does not matter: of another family than IP, local, not unicast, or for some
    packets alone (a type of service, IPv6 sources).

    IPv6 tells routes with gateways, one key and any protocols as one route with their hops, and
    with the protocol of the first. We never make more than one hop.
    """
    head = _HEAD.unpack_from(message.view, message.start)
    family, length, sources, service, table, protocol, _, kind, flags = head
    if family not in _FAMILIES or kind != uapi.RTN_UNICAST:
        return None
    if sources or service:
        return None
    found = parse(message.view, message.start + _HEAD.size, message.end)
    table = number(found[uapi.RTA_TABLE]) if uapi.RTA_TABLE in found else table
    if table == uapi.RT_TABLE_LOCAL:
        return None
    ours = protocol == PROTOCOL
    shared = ours and uapi.RTA_MULTIPATH in found
    hop = _first_hop(found[uapi.RTA_MULTIPATH]) if shared else _only_hop(flags, found)
    to = found.get(uapi.RTA_DST)
    src = found.get(uapi.RTA_PREFSRC)
    everything = "::" if family == socket.AF_INET6 else "0.0.0.0"  # noqa: S104
    return RouteRecord(
        hop.ifindex,
        f"{shortest(family, to) if to else everything}/{length}",
        _gateway(family, hop.found),
        number(found.get(uapi.RTA_PRIORITY, _NOTHING)),
        table,
        shortest(family, src) if src else None,
        bool(hop.flags & uapi.RTNH_F_ONLINK),
        shared,
        ours,
        protocol == uapi.RTPROT_KERNEL,
    )


class _Hop(NamedTuple):
    ifindex: int
    flags: int
    found: dict[int, memoryview]


def _only_hop(flags: int, found: dict[int, memoryview]) -> _Hop:
    return _Hop(number(found.get(uapi.RTA_OIF, _NOTHING)), flags, found)


def _first_hop(hops: memoryview) -> _Hop:
    """struct rtnexthop, and attributes up to its length."""
    length, flags, _, ifindex = _NEXT_HOP.unpack_from(hops)
    return _Hop(ifindex, flags, parse(hops, _NEXT_HOP.size, length))


def _gateway(family: int, found: dict[int, memoryview]) -> str | None:
    if uapi.RTA_GATEWAY in found:
        return shortest(family, found[uapi.RTA_GATEWAY])
    if uapi.RTA_VIA in found:
        via = found[uapi.RTA_VIA]
        return shortest(number(via[:2]), via[2:])
    return None
