"""What every kind of link has inside its node: addresses and routes."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose import state
from conlink_compose.diagnostics import Span
from conlink_compose.topology import Endpoint, Route

MAIN_TABLE = 254
IPV6_METRIC = 1024
"""What the kernel stores for an IPv6 route that names no metric, or 0 (IP6_RT_PRIO_USER)."""


def inside(node: str, endpoint: Endpoint) -> Iterator[tuple[state.Thing, Span | None]]:
    """The addresses and routes of an endpoint that is numbered for its node.

    A link that is down holds no routes: the kernel would refuse them.
    """
    for address in endpoint.addresses:
        yield state.Address(node, endpoint.dev, str(address)), endpoint.place("ip")
    for route in endpoint.routes if endpoint.up else ():
        yield _route(node, endpoint.dev, route), route.span or endpoint.span


def _route(node: str, dev: str, route: Route) -> state.Route:
    version = _version(route)
    return state.Route(
        node,
        dev,
        to=str(route.to) if route.to else ("0.0.0.0/0" if version == 4 else "::/0"),
        via=str(route.via) if route.via else None,
        metric=route.metric or (IPV6_METRIC if version == 6 else 0),
        table=route.table if route.table is not None else MAIN_TABLE,
        src=str(route.src) if route.src else None,
        onlink=route.onlink,
    )


def _version(route: Route) -> int:
    known = route.to or route.via or route.src
    return known.version if known else 4
