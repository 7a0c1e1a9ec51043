"""Routes as a dump brings them."""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

from conlink_compose.kernel.rtnl.read_address import shortest
from conlink_compose.linux import uapi
from conlink_compose.linux.attributes import Attributes
from conlink_compose.linux.netlink import number
from conlink_compose.state import PROTOCOL

_HEAD = struct.Struct("=BBBBBBBBI")
_NEXT_HOP = struct.Struct("=HBBi")
_ROUTE = Attributes(
    {
        uapi.RTA_TABLE: None,
        uapi.RTA_DST: b"",
        uapi.RTA_OIF: 0,
        uapi.RTA_GATEWAY: b"",
        uapi.RTA_VIA: b"",
        uapi.RTA_PRIORITY: 0,
        uapi.RTA_PREFSRC: b"",
        uapi.RTA_MULTIPATH: b"",
    }
)
_HOP = Attributes({uapi.RTA_GATEWAY: b"", uapi.RTA_VIA: b""})
_EVERYTHING = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}  # noqa: S104


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


def read_route(buffer: bytes, start: int, end: int) -> RouteRecord | None:
    """None where it does not matter: of another family than IP, local, not unicast, or for some
    packets alone (a type of service, IPv6 sources).

    IPv6 tells routes with gateways, one key and any protocols as one route with their hops, and
    with the protocol of the first. We never make more than one hop.
    """
    head = _HEAD.unpack_from(buffer, start)
    family, length, sources, service, few_table, protocol, _, kind, flags = head
    if family not in _EVERYTHING or kind != uapi.RTN_UNICAST or sources or service:
        return None
    found = _ROUTE.read(buffer, start + _HEAD.size, end)
    table, to, ifindex, gateway, via, metric, src, hops = found
    table = few_table if table is None else table
    if table == uapi.RT_TABLE_LOCAL:
        return None
    ours = protocol == PROTOCOL
    shared = ours and bool(hops)
    hop = _first_hop(hops) if shared else _Hop(ifindex, flags, gateway, via)
    return RouteRecord(
        hop.ifindex,
        f"{shortest(family, to) if to else _EVERYTHING[family]}/{length}",
        _gateway(family, hop),
        metric,
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
    gateway: bytes
    via: bytes


def _first_hop(hops: bytes) -> _Hop:
    """struct rtnexthop, and attributes up to its length."""
    length, flags, _, ifindex = _NEXT_HOP.unpack_from(hops)
    return _Hop(ifindex, flags, *_HOP.read(hops, _NEXT_HOP.size, length))


def _gateway(family: int, hop: _Hop) -> str | None:
    if hop.gateway:
        return shortest(family, hop.gateway)
    if hop.via:  # struct rtvia: the family comes first
        return shortest(number(hop.via[:2]), hop.via[2:])
    return None
