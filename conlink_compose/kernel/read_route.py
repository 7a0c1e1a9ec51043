"""Routes as a dump brings them."""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

from conlink_compose.kernel import uapi
from conlink_compose.kernel.attributes import number, parse
from conlink_compose.kernel.link_socket import Message
from conlink_compose.kernel.read_address import shortest
from conlink_compose.state import PROTOCOL

_HEAD = struct.Struct("=BBBBBBBBI")
_NOTHING = memoryview(b"")


class RouteRecord(NamedTuple):
    """`number` is the interface's, and 0 for several next hops; such a route is never ours."""

    number: int
    to: str
    via: str | None
    metric: int
    table: int
    src: str | None
    onlink: bool
    ours: bool


def read_route(message: Message, asked: int) -> RouteRecord | None:
    """None where it does not matter: made by the kernel for an address, local, or not unicast.

    A kernel without IPv6 answers a question for it with the routes of all other families.
    """
    head = _HEAD.unpack_from(message.view, message.start)
    family, length, _, _, table, protocol, _, kind, flags = head
    if family != asked or protocol == uapi.RTPROT_KERNEL or kind != uapi.RTN_UNICAST:
        return None
    found = parse(message.view, message.start + _HEAD.size, message.end)
    table = number(found[uapi.RTA_TABLE]) if uapi.RTA_TABLE in found else table
    if table == uapi.RT_TABLE_LOCAL:
        return None
    to = found.get(uapi.RTA_DST)
    src = found.get(uapi.RTA_PREFSRC)
    everything = "::" if family == socket.AF_INET6 else "0.0.0.0"  # noqa: S104
    return RouteRecord(
        number(found.get(uapi.RTA_OIF, _NOTHING)),
        f"{shortest(family, to) if to else everything}/{length}",
        _gateway(family, found),
        number(found.get(uapi.RTA_PRIORITY, _NOTHING)),
        table,
        shortest(family, src) if src else None,
        bool(flags & uapi.RTNH_F_ONLINK),
        protocol == PROTOCOL,
    )


def _gateway(family: int, found: dict[int, memoryview]) -> str | None:
    if uapi.RTA_GATEWAY in found:
        return shortest(family, found[uapi.RTA_GATEWAY])
    if uapi.RTA_VIA in found:
        via = found[uapi.RTA_VIA]
        return shortest(number(via[:2]), via[2:])
    return None
