"""The message that puts a route back which the kernel had made for an address."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Mapping

from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.kernel.rtnl.messages_address import prefix
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, u32
from conlink_compose.state import Operation, PrefixRoute, Verb
from conlink_compose.state.prefix_route import IPV6_METRIC

_HEAD = struct.Struct("=BBBBBBBBI")

FINE: Mapping[Verb, tuple[int, ...]] = {"add": (errno.EEXIST,)}
"""It came back meanwhile, with its address."""


def tell(operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
    del lookup
    route = operation.thing
    assert isinstance(route, PrefixRoute)
    return (put_back(route, ifindex),)


def put_back(route: PrefixRoute, ifindex: int) -> Request:
    """The kernel's own message for an address (fib_magic, addrconf_prefix_route), so that it goes
    with that address as the first one would have. Appended, since another link may have one."""
    family, packed, length = prefix(route.to)
    is_ipv4 = family == socket.AF_INET
    scope = uapi.RT_SCOPE_LINK if is_ipv4 else uapi.RT_SCOPE_UNIVERSE
    made_by, kind = uapi.RTPROT_KERNEL, uapi.RTN_UNICAST
    body = (
        _HEAD.pack(family, length, 0, 0, uapi.RT_TABLE_MAIN, made_by, scope, kind, 0)
        + attribute(uapi.RTA_DST, packed)
        + u32(uapi.RTA_OIF, ifindex)
        + (b"" if is_ipv4 else u32(uapi.RTA_PRIORITY, IPV6_METRIC))
        + (attribute(uapi.RTA_PREFSRC, socket.inet_aton(route.src)) if route.src else b"")
    )
    return Request(uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE | uapi.NLM_F_APPEND, body)
