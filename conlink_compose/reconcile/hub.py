"""What lies in the hub between the outer ends: bridges, tunnels, and what is on their ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from conlink_compose import bridges, tunnels
from conlink_compose.bridges import Port
from conlink_compose.diagnostics import Span
from conlink_compose.links import KERNEL_MTU, BoundLink
from conlink_compose.reconcile.forwards import hub_macs
from conlink_compose.reconcile.names import HubNames
from conlink_compose.reconcile.qdisc import qdisc_of
from conlink_compose.state import HUB, Thing
from conlink_compose.topology import Topology

Declared = tuple[Thing, Span | None]
"""A thing, and the place it is declared at."""


class Hub(NamedTuple):
    """What links to it need to know: its names, the interface that the ports of a bridge are ports
    of (empty for a patch), the bridges with a spanning tree, by the name they were declared with,
    what the kernel lacks, and what the machine's own namespace is labelled,
    where parents lie that are none of the hub's."""

    names: HubNames
    masters: Mapping[str | None, str]
    stp: frozenset[str]
    missing: frozenset[str]
    machine: str


def all_bridges(topology: Topology, hub: Hub) -> Iterator[Declared]:
    macs = hub_macs(topology)
    for bridge in topology.bridges:
        for interface in bridges.mode(bridge.mode).expand(bridge, hub.names.bridges[bridge.name]):
            mac = macs.get(bridge.name) if interface.kind == "bridge" else None
            yield replace(interface, mac=mac) if mac else interface, bridge.span


def on_bridges(topology: Topology, bound: Iterable[BoundLink], hub: Hub) -> Iterator[Declared]:
    """The tunnels, and what is on their ports and on those of the `bound` links."""
    yield from _tunnels(topology, hub)
    yield from _on_ports(topology, bound, hub.names)


def masters(topology: Topology, names: HubNames) -> dict[str | None, str]:
    return {
        bridge.name: names.bridges[bridge.name] if bridges.mode(bridge.mode).IS_INTERFACE else ""
        for bridge in topology.bridges
    }


def _tunnels(topology: Topology, hub: Hub) -> Iterator[Declared]:
    """A tunnel lets pass what any link of its bridge sends: a smaller MTU would lose it. What that
    makes too large for the way, the kernel sends in fragments (over IPv4), or it tells a sender who
    asks for whole packets how large they may be (skb_tunnel_check_pmtu)."""
    mtus: dict[str | None, int] = {}
    for link in topology.links:
        mtus[link.bridge] = max(mtus.get(link.bridge, KERNEL_MTU), link.near.mtu or 0)
    names = hub.names
    for tunnel, name in zip(topology.tunnels, names.tunnels, strict=True):
        master, mtu = hub.masters[tunnel.bridge], mtus.get(tunnel.bridge, KERNEL_MTU)
        made = tunnels.expand(tunnel, name, master, mtu, stp=tunnel.bridge in hub.stp)
        yield made, tunnel.span
        if qdisc := qdisc_of(HUB, name, tunnel.netem, mtu, hub.missing):
            yield qdisc, tunnel.netem[0].span


def _on_ports(
    topology: Topology, bound: Iterable[BoundLink], names: HubNames
) -> Iterator[Declared]:
    ports: dict[str | None, list[Port]] = {}
    for one in bound:
        if one.outer and one.link.bridge:
            port = Port(one.outer, one.link.vlan, span=one.link.span)
            ports.setdefault(one.link.bridge, []).append(port)
    for tunnel, name in zip(topology.tunnels, names.tunnels, strict=True):
        ports.setdefault(tunnel.bridge, []).append(Port(name, tunnel=True, span=tunnel.span))
    for bridge in topology.bridges:
        on_ports = bridges.mode(bridge.mode).on_ports
        yield from on_ports(bridge, ports.get(bridge.name, ()))
