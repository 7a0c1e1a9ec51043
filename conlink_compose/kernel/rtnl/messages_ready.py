"""The message that marks a node whose links all stand: the alias of its `lo`."""

from __future__ import annotations

from collections.abc import Mapping

from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.kernel.rtnl.messages_link import set_link
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute
from conlink_compose.state import READY, Operation, Verb

FINE: Mapping[Verb, tuple[int, ...]] = {}


def tell(operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
    del lookup
    return (mark(ifindex, operation.verb != "remove"),)


def mark(ifindex: int, ready: bool) -> Request:
    """An empty alias takes it away."""
    return set_link(ifindex, attribute(uapi.IFLA_IFALIAS, READY.encode() if ready else b""))
