"""The message that brings a node's `lo` up."""

from __future__ import annotations

from collections.abc import Mapping

from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.kernel.rtnl.messages_link import set_link
from conlink_compose.state import Loopback, Operation, Verb

FINE: Mapping[Verb, tuple[int, ...]] = {}


def tell(operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
    del lookup
    loopback = operation.thing
    assert isinstance(loopback, Loopback)
    return (set_link(ifindex, up=loopback.up),)
