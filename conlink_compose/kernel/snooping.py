"""A bridge that is made for many ports is told to look at multicast when it has them.

Whenever a port comes up the kernel goes through all ports of its bridge, and starts the timers of
each by which it finds out who listens to which group (net/bridge/br_stp.c, br_port_state_selection;
net/bridge/br_multicast.c, br_multicast_enable_port): n ports take n² of them, which is a fifth of
all it costs to attach a thousand nodes. A bridge that does not look at multicast has none, and when
it is told to, starts those of each port once.

Nothing is lost meanwhile: such a bridge floods, and the nodes have no addresses yet to tell of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.kernel.rtnl.lookup import Known
from conlink_compose.kernel.rtnl.messages_link import change
from conlink_compose.kernel.way import MAKING
from conlink_compose.state import HUB, End, Interface, Operation, Plan

MANY = 32
"""Ports from which on it is worth the message."""

_ON, _OFF = ("mcast_snooping", True), ("mcast_snooping", False)


class Snooping:
    """The bridges of one plan that look at multicast later than they are made."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._waiting: list[tuple[Operation, Interface]] = []

    @cached_property
    def _crowded(self) -> frozenset[str]:
        """Asked for only where a bridge is made, which few plans do."""
        come = [thing for one in self._plan if one.verb != "remove" for thing in one.touched]
        masters = Counter(one.master for one in come if isinstance(one, Interface) and one.master)
        return frozenset(name for name, ports in masters.items() if ports >= MANY)

    def put_off(self, operation: Operation, interface: Interface) -> Interface:
        """What is made at first for the interface of the operation."""
        if _ON not in interface.data or interface.name not in self._crowded:
            return interface
        data = tuple(_OFF if one == _ON else one for one in interface.data)
        at_first = replace(interface, data=data)
        self._waiting.append((operation, at_first))
        return at_first

    def is_due(self, way: str, label: str) -> bool:
        """Whether what goes that way is done in a node, where addresses make themselves known; not
        where an interface is made there, for a link to the bridge may yet follow."""
        return bool(self._waiting) and label not in ("", HUB) and way not in MAKING

    def catch_up(self, ends: Mapping[End, Known]) -> list[tuple[Operation, tuple[Request, ...]]]:
        """What is left to tell those that were made, once."""
        waiting, self._waiting = self._waiting, []
        return [
            (operation, change(at_first, operation.thing, ends[at_first.end].ifindex, None))
            for operation, at_first in waiting
            if at_first.end in ends and isinstance(operation.thing, Interface)
        ]
