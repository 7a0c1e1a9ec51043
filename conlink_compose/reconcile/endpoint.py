"""What every kind of link has inside its node: addresses, routes, what follows from them, and what
happens to frames and packets there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from conlink_compose import state
from conlink_compose.diagnostics import Span
from conlink_compose.reconcile.qdisc import qdisc_of
from conlink_compose.topology import Endpoint, IpNetwork, Route

MAIN_TABLE = 254
IPV6_METRIC = 1024
"""What the kernel stores for an IPv6 route that names no metric, or 0 (IP6_RT_PRIO_USER)."""

LINK_LOCAL = "fe80::/64"
"""Of the address that an interface gives itself, by which IPv6 routers are reached (RFC 4291)."""


def inside(
    node: str, endpoint: Endpoint, mtu: int | None, missing: frozenset[str]
) -> Iterator[tuple[state.Thing, Span | None]]:
    """The addresses, routes, translations and qdisc of an endpoint that is numbered for its node.
    `mtu` is that of its interface, which may come from the other end of its wire.

    A link that is down holds no routes: the kernel would refuse them.
    """
    for address in endpoint.addresses:
        yield state.Address(node, endpoint.dev, str(address)), endpoint.place("ip")
    if endpoint.up:
        yield from _prefix_routes(node, endpoint)
    for route in endpoint.routes if endpoint.up else ():
        yield _route(node, endpoint.dev, route), route.span or endpoint.span
    yield from _nats(node, endpoint)
    if endpoint.ethtool:
        switches = {name: value == "on" for name, value in endpoint.ethtool}
        features = state.Features(node, endpoint.dev, tuple(switches.items()))
        yield features, endpoint.place("ethtool")
    if qdisc := qdisc_of(node, endpoint.dev, endpoint.netem, mtu, missing):
        yield qdisc, endpoint.place("netem")


def _nats(node: str, endpoint: Endpoint) -> Iterator[tuple[state.Thing, Span | None]]:
    """One an address of the family; the first of them is where answers come from."""
    to, at = endpoint.nat, endpoint.place("nat")
    if to is None:
        return
    yield state.RuleTable(node), at
    mine = [str(one.ip) for one in endpoint.addresses if one.version == to.version]
    for address in dict.fromkeys(mine):
        yield state.Nat(node, endpoint.dev, address, str(to), outward=address == mine[0]), at


def _prefix_routes(
    node: str, endpoint: Endpoint
) -> Iterator[tuple[state.PrefixRoute, Span | None]]:
    """One a prefix, however many addresses share it. Which of them the kernel makes it knows."""
    networks = dict.fromkeys(_text(address.network) for address in endpoint.addresses)
    for network in networks:
        yield state.PrefixRoute(node, endpoint.dev, network), endpoint.place("ip")
    if LINK_LOCAL not in networks:
        yield state.PrefixRoute(node, endpoint.dev, LINK_LOCAL), endpoint.span


@lru_cache(maxsize=1 << 10)
def _text(network: IpNetwork) -> str:
    """Replicas share theirs, and to write it takes longer than all else of its route."""
    return str(network)


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
