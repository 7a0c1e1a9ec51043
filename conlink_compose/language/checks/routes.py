"""What the kernel asks of a route: a gateway it can reach, a source it has, a place of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from conlink_compose.diagnostics import Span
from conlink_compose.language.checks.nobodys import whose_no_node_is
from conlink_compose.language.links import ReadEnd, ReadLink
from conlink_compose.language.project import Project
from conlink_compose.language.report import Report
from conlink_compose.language.values.routes import ReadRoute
from conlink_compose.topology import IpAddress, IpNetwork, Owner


@dataclass(slots=True)
class _Interfaces:
    """All interfaces of the nodes of one owner. `partial`: there may be more than was read."""

    ends: list[ReadEnd] = field(default_factory=list)
    partial: bool = False


def check_routes(
    report: Report,
    project: Project,
    links: Iterable[ReadLink],
    partial: set[Owner],
    all_partial: bool,
) -> None:
    """`partial` names the owners that have links which could not be read whole."""
    by_owner: dict[Owner, _Interfaces] = defaultdict(_Interfaces)
    for link in links:
        for end in link.ends:
            by_owner[project.service_of(end.owner)].ends.append(end)
    for owner, of_owner in by_owner.items():
        known = all(end.knows_addresses for end in of_owner.ends)
        of_owner.partial = all_partial or owner in partial or not known
        with_routes = [end for end in of_owner.ends if end.routes]
        seen: dict[tuple[object, ...], Span] = {}
        for end in with_routes:
            _check_up(report, end)
            for read in end.routes:
                _check_twice(report, seen, end, read)
                _check_connected(report, of_owner, read)
                _check_gateway(report, of_owner, end, read)
                _check_source(report, project, of_owner, end, read)


def _check_twice(
    report: Report, seen: dict[tuple[object, ...], Span], end: ReadEnd, read: ReadRoute
) -> None:
    """The kernel tells the routes of one table apart by destination and metric."""
    route = read.route
    version = route.via.version if route.via else route.to.version if route.to else 4
    to = "default" if route.to is None or route.to.prefixlen == 0 else str(route.to)
    key = (end.owner, version, to, route.metric or 0, route.table)
    first = seen.setdefault(key, read.at)
    if first != read.at:
        message = f"{end.owner} has a route to {to} already, at {first}"
        report.error("route-twice", read.at, message, "give one of them another metric")


def _check_connected(report: Report, interfaces: _Interfaces, read: ReadRoute) -> None:
    """The kernel makes a route to the network of each IPv4 address, with metric 0, in the main
    table (net/ipv4/fib_frontend.c, fib_add_ifaddr). An IPv6 one has a metric of its own."""
    route = read.route
    if route.to is None or route.to.version == 6 or route.metric or route.table:
        return
    for other in interfaces.ends:
        for address, at in other.addresses:
            if other.up and address and address.network == route.to and route.to.prefixlen < 32:
                message = f"the kernel makes the route to {route.to} itself, for {address}, at {at}"
                report.error("route-twice", read.at, message, "leave it out, or give it a metric")
                return


def _check_gateway(report: Report, interfaces: _Interfaces, end: ReadEnd, read: ReadRoute) -> None:
    via = read.route.via
    if via is None:
        return
    nobody = whose_no_node_is(via, interfaces.ends)
    if nobody:
        help_ = "a gateway is the address of a node"
        report.error("bad-gateway", read.place("via"), f"{via} is {nobody}", help_)
        return
    if read.route.onlink or (via.version == 6 and via.is_link_local):
        return
    if _has(end, via):
        at = read.place("via")
        report.error("gateway-is-own", at, f"{via} is an address of {end.owner} itself")
        return
    if interfaces.partial or end.merged.partial or reaches(end, via):
        return
    other = next((other for other in interfaces.ends if reaches(other, via)), None)
    if other is not None:
        message = f"{end.merged.dev} does not reach the gateway {via}, but {other.merged.dev} does"
        help_ = f"move the route to that link, at {other.merged.at}"
    else:
        message = f"no link of {end.owner} reaches the gateway {via}"
        own = [str(address.network) for address, _ in end.addresses if address]
        help_ = f"{end.merged.dev} is on {' and '.join(own)}" if own else "this link has no ip"
    report.error("unreachable-gateway", read.place("via"), message, help_)


def _check_up(report: Report, end: ReadEnd) -> None:
    """The kernel holds no route over an interface that is down."""
    if not end.up:
        one = len(end.routes) == 1
        lost = "this route does not come" if one else f"its {len(end.routes)} routes do not come"
        message = f"{end} is down by `up: false`, so that {lost}"
        report.warning("route-while-down", end.routes[0].at, message, "leave one of both out")


def reaches(end: ReadEnd, via: IpAddress) -> bool:
    """By an address of its network, or by a route without a gateway."""
    number, version = int(via), via.version
    if any(address and _in(number, version, address.network) for address, _ in end.addresses):
        return True
    return any(
        read.route.via is None and read.route.to and _in(number, version, read.route.to)
        for read in end.routes
    )


def _in(number: int, version: int, network: IpNetwork) -> bool:
    start = int(network.network_address)
    return network.version == version and start <= number <= int(network.broadcast_address)


def _has(end: ReadEnd, ip: IpAddress) -> bool:
    """Whether replica 1, or any other that is an address away, has `ip`."""
    return any(
        address
        and address.version == ip.version
        and 0 <= int(ip) - int(address) < max(1, end.replicas)
        for address, _ in end.addresses
    )


def _check_source(
    report: Report, project: Project, interfaces: _Interfaces, end: ReadEnd, read: ReadRoute
) -> None:
    src = read.route.src
    member = project.members.get(project.service_of(end.owner))
    # An engine's own network may give the node addresses that only the engine knows.
    if src is None or interfaces.partial or (member and member.taken):
        return
    if not any(
        address and address.ip == src for other in interfaces.ends for address, _ in other.addresses
    ):
        message = f"{src} is no address of {end.owner}"
        report.error("source-not-own", read.place("src"), message, "src is an ip of the same node")
    elif end.replicas > 1 and not any(
        address and address.ip == src for address, _ in end.addresses
    ):
        message = f"{src} is no address of {end.merged.dev}, and only such moves with the replica"
        help_ = f"leave src out, or say it of each replica alone, as of container {end.owner}-1"
        report.error("source-not-own", read.place("src"), message, help_)
