"""The order operations are obeyed in.

First the hub and the interfaces, one stream through the hub's socket; then node by node,
so that all operations for one namespace travel in one send; then what goes away; last the
marks that open the gates.
"""

from __future__ import annotations

from collections.abc import Iterable

from conlink_compose.state import (
    HUB,
    Address,
    Interface,
    Key,
    Loopback,
    Operation,
    Plan,
    PrefixRoute,
    Ready,
)

_PREPARE, _NODES, _CLEAR, _OPEN = range(4)

_INTERFACE, _MAKE_ROOM, _ADD_ADDRESS, _PREFIX_ROUTE = range(4)
_IN_A_NODE = {
    # A gateway is reachable by an address: addresses come before routes and go after them.
    ("add", True): _ADD_ADDRESS,
    ("add", False): 4,
    ("change", False): 4,
    ("remove", False): 5,
    ("remove", True): 6,
}
"""(verb, is an address) -> step."""


def in_order(operations: Iterable[Operation]) -> Plan:
    """Stable: equals keep the order of the file."""
    operations = list(operations)
    added = {key for operation in operations if operation.verb == "add" for key in _made(operation)}
    return tuple(sorted(operations, key=lambda operation: _rank(operation, added)))


def _made(operation: Operation) -> tuple[Key, ...]:
    if isinstance(operation.thing, Address):
        return (_bare(operation.thing),)
    return (operation.thing.key, operation.other.key) if operation.other else (operation.thing.key,)


def _rank(operation: Operation, added: set[Key]) -> tuple[int, str, int]:
    thing = operation.thing
    if isinstance(thing, Ready):
        return _OPEN, "", 0
    if isinstance(thing, Interface):
        return _rank_of_interface(operation.verb, thing, added)
    if isinstance(thing, Loopback):
        return _NODES, thing.netns, _INTERFACE
    if isinstance(thing, PrefixRoute):
        return _NODES, thing.netns, _PREFIX_ROUTE
    if operation.verb == "remove" and isinstance(thing, Address) and _bare(thing) in added:
        return _NODES, thing.netns, _MAKE_ROOM
    return _NODES, thing.netns, _IN_A_NODE[operation.verb, isinstance(thing, Address)]


def _bare(address: Address) -> Key:
    """Without its length: an interface holds an IPv6 address once, whatever the length."""
    if ":" not in address.cidr:
        return address.key
    return ("bare", address.netns, address.interface, address.cidr.partition("/")[0])


def _rank_of_interface(verb: str, thing: Interface, added: set[Key]) -> tuple[int, str, int]:
    if verb == "remove":
        makes_room = thing.key in added or (thing.peer and ("interface", *thing.peer) in added)
        is_bridge = thing.kind == "bridge"
        return (_PREPARE, "", 0) if makes_room else (_CLEAR, "", 1 if is_bridge else 0)
    if verb == "add":
        return _PREPARE, "", 1 if thing.netns == HUB else 2
    return (_PREPARE, "", 3) if thing.netns == HUB else (_NODES, thing.netns, _INTERFACE)
