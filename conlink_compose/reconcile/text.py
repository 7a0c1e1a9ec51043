"""A plan as text, one line an operation: what `conlink-compose plan` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conlink_compose.state import (
    FRESH_BRIDGE,
    KNOBS,
    Address,
    Interface,
    Loopback,
    Operation,
    PrefixRoute,
    Ready,
    Route,
    Thing,
)


def describe_plan(plan: Iterable[Operation]) -> str:
    """Every operation on its line, closed by a newline; empty for an empty plan."""
    return "".join(f"{describe(operation)}\n" for operation in plan)


def describe(operation: Operation) -> str:
    """`add     veth r1-1:eth0 = (hub):r1_1-eth0 mtu 1500   # is declared, compose.yaml:7:11`"""
    return f"{operation.verb:<7} {_what(operation)}   # {because(operation)}"


def because(operation: Operation) -> str:
    """The cause, and the place in the file it comes from."""
    return f"{operation.cause}, {operation.span}" if operation.span else operation.cause


def _what(operation: Operation) -> str:
    thing, other = operation.thing, operation.other
    if operation.verb != "add" or not isinstance(thing, Interface):
        return _name(thing)
    ends = [f"= {other.end}"] if other else []
    joined = [f"master {other.master}"] if other and other.master else []
    return " ".join([_name(thing), *ends, *_attributes(thing), *joined])


def _name(thing: Thing) -> str:
    if isinstance(thing, Interface):
        return f"{thing.kind} {thing.end}"
    if isinstance(thing, Address):
        return f"address {thing.cidr} on {thing.netns}:{thing.interface}"
    if isinstance(thing, Route):
        return f"route {_route(thing)} on {thing.netns}:{thing.interface}"
    if isinstance(thing, PrefixRoute):
        src = f" src {thing.src}" if thing.src else ""
        return f"route {thing.to}{src} on {thing.netns}:{thing.interface}"
    if isinstance(thing, Loopback):
        return f"loopback {thing.netns}:lo"
    assert isinstance(thing, Ready)
    return f"ready {thing.netns}"


def _route(route: Route) -> str:
    words = [route.to]
    words += [f"via {route.via}"] if route.via else []
    words += [f"src {route.src}"] if route.src else []
    words += [f"metric {route.metric}"] if route.metric else []
    words += [f"table {route.table}"] if route.table != 254 else []
    return " ".join([*words, *(["onlink"] if route.onlink else [])])


def _attributes(interface: Interface) -> Iterator[str]:
    for name in ("mac", "mtu", *KNOBS):
        value = getattr(interface, name)
        if value is not None and value != getattr(FRESH_BRIDGE, name):
            yield f"{name} {int(value) if isinstance(value, bool) else value}"
    if interface.up is False:
        yield "down"
    if interface.master:
        yield f"master {interface.master}"
