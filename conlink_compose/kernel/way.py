"""Which way an operation goes to the kernel: those of one way, side by side, travel in one send."""

from __future__ import annotations

from conlink_compose.state import (
    Features,
    Forwarding,
    Interface,
    Operation,
    OvsBridge,
    OvsPort,
    PacketRule,
    RuleTable,
    Sysctl,
    Thing,
)

Way = tuple[str, str]
"""Its name, and the label of the namespace where the way is one for each."""

_BACKENDS: dict[tuple[type[Thing], ...], str] = {
    (RuleTable, PacketRule): "rules",
    (OvsBridge, OvsPort): "ovs",
    (Forwarding, Sysctl): "sysctls",
    (Features,): "features",
}
"""Who obeys for what rtnetlink does not hold."""

MAKING = frozenset(("veth", "make", "make ports", "make on a parent"))
"""The ways in which interfaces are made."""


def way_of(operation: Operation) -> Way:
    thing = operation.thing
    if thing.IS_MARK:
        return "ready", thing.netns
    for types, name in _BACKENDS.items():
        if isinstance(thing, types):
            return name, thing.netns
    if not isinstance(thing, Interface) or operation.verb == "change":
        return "tell", thing.netns
    return ("remove", "") if operation.verb == "remove" else _making(thing)


def _making(interface: Interface) -> Way:
    if interface.kind == "veth":
        return "veth", ""
    # What needs another interface is made when that has been, and not in the same send.
    if interface.parent:
        return "make on a parent", interface.parent.netns
    return ("make ports" if interface.master else "make"), interface.netns
