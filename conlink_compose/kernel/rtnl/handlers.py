"""What the kernel is asked for an object: a module an object, found by the object's type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from conlink_compose.kernel.rtnl import (
    messages_address,
    messages_link,
    messages_lo,
    messages_port_vlans,
    messages_prefix_route,
    messages_qdisc,
    messages_ready,
    messages_redirect,
    messages_route,
)
from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.state import (
    Address,
    Interface,
    LocalPort,
    Loopback,
    Operation,
    PortVlans,
    PrefixRoute,
    Qdisc,
    Ready,
    Redirect,
    Route,
    Thing,
    Verb,
)


class Handler(Protocol):
    """What the module of an object offers."""

    FINE: Mapping[Verb, tuple[int, ...]]
    """By verb the errnos that tell that all is as it shall be: what is to go is gone."""

    def tell(self, operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
        """What is sent for it. `ifindex` is that of the interface it is or lies on, and that of
        `lo` for what lies on none."""
        ...


_BY_TYPE: dict[type[Thing], Handler] = {
    Interface: messages_link,
    LocalPort: messages_link,
    Address: messages_address,
    Route: messages_route,
    PortVlans: messages_port_vlans,
    PrefixRoute: messages_prefix_route,
    Qdisc: messages_qdisc,
    Redirect: messages_redirect,
    Loopback: messages_lo,
    Ready: messages_ready,
}


def handler_of(thing: Thing) -> Handler:
    return _BY_TYPE[type(thing)]
