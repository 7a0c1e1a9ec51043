"""Messages that add, change and remove routes."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Mapping

from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.kernel.rtnl.messages_address import family_of, prefix
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, u32
from conlink_compose.state import PROTOCOL, End, Operation, Route, Verb

_HEAD = struct.Struct("=BBBBBBBBI")

FINE: Mapping[Verb, tuple[int, ...]] = {"remove": (errno.ESRCH,)}


def tell(operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
    route, before = operation.thing, operation.before
    assert isinstance(route, Route)
    if isinstance(before, Route):
        held = lookup.known(End(before.netns, before.interface))
        return change(before, held.ifindex if held else None, route, ifindex)
    return (remove(route, ifindex) if operation.verb == "remove" else add(route, ifindex),)


def add(route: Route, ifindex: int) -> Request:
    return Request(uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE | uapi.NLM_F_EXCL, _body(route, ifindex))


def change(
    before: Route, before_ifindex: int | None, route: Route, ifindex: int
) -> tuple[Request, ...]:
    """Ours alone, whatever else has its destination, metric and table.

    NLM_F_REPLACE would not do: it takes the place of the first such route, whoever made it,
    and in IPv6 of all next hops beside it. So the new one is appended, then the old one goes,
    and no packet is lost; the kernel removes the first that matches, which is the older. IPv6
    holds a next hop once, whatever else differs: there the old one has to go first.
    """
    if before_ifindex is None:
        return (append(route, ifindex),)
    if ":" in route.to and (before_ifindex, before.via) == (ifindex, route.via):
        return remove(before, before_ifindex), append(route, ifindex)
    return append(route, ifindex), remove(before, before_ifindex)


def append(route: Route, ifindex: int) -> Request:
    """Beside others of its key, behind them."""
    return Request(uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE | uapi.NLM_F_APPEND, _body(route, ifindex))


def remove(route: Route, ifindex: int) -> Request:
    """The kernel removes only a route of the named protocol: a foreign one is safe even when
    it took the place of ours after the last observation."""
    return Request(uapi.RTM_DELROUTE, 0, _body(route, ifindex))


def dump_routes() -> Request:
    """Unicast routes of all tables and families: the local table holds none, and neither broadcast
    nor local routes are worth the way out of the kernel."""
    head = _HEAD.pack(socket.AF_UNSPEC, 0, 0, 0, 0, 0, 0, uapi.RTN_UNICAST, 0)
    return Request(uapi.RTM_GETROUTE, 0, head)


def _body(route: Route, ifindex: int) -> bytes:
    family, packed, length = prefix(route.to)
    small = route.table <= 0xFF
    # An IPv4 gateway must lie in a narrower scope than the route: link for a route without one.
    direct = route.via is None and family == socket.AF_INET
    scope = uapi.RT_SCOPE_LINK if direct else uapi.RT_SCOPE_UNIVERSE
    flags = uapi.RTNH_F_ONLINK if route.onlink else 0
    parts = [
        _HEAD.pack(
            family,
            length,
            0,
            0,
            route.table if small else uapi.RT_TABLE_COMPAT,
            PROTOCOL,
            scope,
            uapi.RTN_UNICAST,
            flags,
        ),
        attribute(uapi.RTA_DST, packed) if length else b"",
        u32(uapi.RTA_OIF, ifindex),
        b"" if small else u32(uapi.RTA_TABLE, route.table),
        u32(uapi.RTA_PRIORITY, route.metric) if route.metric else b"",
        _gateway(family, route.via) if route.via else b"",
    ]
    if route.src:
        parts.append(attribute(uapi.RTA_PREFSRC, socket.inet_pton(family, route.src)))
    return b"".join(parts)


def _gateway(family: int, via: str) -> bytes:
    other = family_of(via)
    packed = socket.inet_pton(other, via)
    if other == family:
        return attribute(uapi.RTA_GATEWAY, packed)
    # struct rtvia: an IPv4 destination behind an IPv6 gateway (RFC 5549).
    return attribute(uapi.RTA_VIA, struct.pack("=H", other) + packed)
