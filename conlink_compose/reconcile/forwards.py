"""Ports of the hub that lead to nodes, and the way there and back.

The hub reaches a node over its bridge, by an address of its own that is in no subnet of anybody's:
a link-local one of IPv4 (RFC 3927), a unique local one of IPv6 (RFC 4193). What it sends on comes
from there, and the node gets a route to that one address: so the answer comes back whatever other
routes it has, and from the address that was asked. To everybody else on the bridge the hub is one
who once asks for the node's MAC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address

from conlink_compose import state
from conlink_compose.diagnostics import Span
from conlink_compose.links import BoundLink
from conlink_compose.reconcile.endpoint import IPV6_METRIC
from conlink_compose.reconcile.mac import stable_mac
from conlink_compose.replicas import forward_of
from conlink_compose.state import HUB
from conlink_compose.topology import IpAddress, IpInterface, Link, Topology

Declared = tuple[state.Thing, Span | None]


def forwards(topology: Topology, bound: Iterable[BoundLink]) -> Iterator[Declared]:
    """All that the links with forwards need, beside themselves."""
    seeds = _seeds(topology)
    for item in bound if seeds else ():
        if item.link.forward and item.link.bridge:
            for address in _of_each_family(item.near_end.addresses):
                yield from _of(item, address, _source(seeds[item.link.bridge], address.version))


def hub_macs(topology: Topology) -> dict[str, str]:
    """Of the bridges over which the hub reaches a node: the kernel's choice would change with every
    port that comes or goes, and the node would send its answers to the old one for a while."""
    seeds = _seeds(topology).items()
    return {bridge: stable_mac(seed, HUB, bridge) for bridge, seed in seeds}


def _of(item: BoundLink, address: IpInterface, source: IpAddress) -> Iterator[Declared]:
    node, dev, over, at = item.near.name, item.near_end.dev, item.over, item.link.span
    host, metric = (32, 0) if address.version == 4 else (128, IPV6_METRIC)
    yield state.RuleTable(HUB), at
    yield state.Forwarding(HUB, address.version), at
    yield state.Address(HUB, over, f"{source}/{host}"), at
    if address.version == 6:  # by it the hub asks whether a neighbour is still there
        yield state.Address(HUB, over, f"{_link_local(source)}/64"), at
    yield state.Route(HUB, over, f"{address.ip}/{host}", metric=metric), at
    if item.near_end.up:
        back = state.Route(node, dev, f"{source}/{host}", metric=metric, src=str(address.ip))
        yield back, at
    for first in item.link.forward:
        one = forward_of(first, item.near.replica)
        to = (str(address.ip), one.inner, over, str(source))
        yield state.Forward(HUB, one.protocol, one.outer, *to), one.span or at


def _of_each_family(addresses: Iterable[IpInterface]) -> list[IpInterface]:
    found: dict[int, IpInterface] = {}
    for address in addresses:
        found.setdefault(address.version, address)
    return list(found.values())


def _seeds(topology: Topology) -> dict[str, str]:
    """What the hub's own address on a bridge hangs on: where forwards lead first. So it stays while
    nodes come and go, and the hubs of two machines whose bridges a tunnel joins have two."""
    seeds: dict[str, str] = {}
    for link in topology.links:
        if link.forward and link.bridge and link.near.addresses:
            seeds.setdefault(link.bridge, _seed(link))
    return seeds


def _seed(link: Link) -> str:
    return f"{link.bridge}\0{link.near.addresses[0]}"


def _source(seed: str, version: int) -> IpAddress:
    digest = hashlib.sha256(seed.encode()).digest()
    if version == 6:
        return IPv6Address(b"\xfd" + digest[:15])
    # The first and the last 256 are reserved (RFC 3927, 2.1).
    return IPv4Address(bytes((169, 254, 1 + digest[0] % 254, digest[1])))


def _link_local(source: IpAddress) -> IPv6Address:
    return IPv6Address((0xFE80 << 112) + (int(source) & (1 << 64) - 1))
