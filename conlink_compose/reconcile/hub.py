"""What lies in the hub between the outer ends: bridges, tunnels, and what is on their ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from conlink_compose import bridges, tunnels
from conlink_compose.bridges import BoundBridge, Port
from conlink_compose.diagnostics import Span
from conlink_compose.links import KERNEL_MTU, BoundLink
from conlink_compose.reconcile.forwards import hub_macs
from conlink_compose.reconcile.names import HubNames
from conlink_compose.reconcile.qdisc import qdisc_of
from conlink_compose.state import HUB, Thing
from conlink_compose.topology import Bridge, Topology

Declared = tuple[Thing, Span | None]
"""A thing, and the place it is declared at."""


class Hub(NamedTuple):
    """What links to it need to know: its names, the interface of a bridge (empty for a patch), by
    the name it was declared with, those of them that the kernel calls the masters of their ports,
    the bridges with a spanning tree, what the kernel lacks, and what the machine's own namespace is
    labelled, where parents lie that are none of the hub's."""

    names: HubNames
    interfaces: Mapping[str | None, str]
    masters: Mapping[str | None, str]
    stp: frozenset[str]
    missing: frozenset[str]
    machine: str


def all_bridges(topology: Topology, hub: Hub) -> Iterator[Declared]:
    macs = hub_macs(topology)
    for bridge in topology.bridges:
        bound = _bound(bridge, hub, macs.get(bridge.name))
        for thing in bridges.mode(bridge.mode).expand(bound):
            yield thing, bridge.span


def on_bridges(topology: Topology, bound: Iterable[BoundLink], hub: Hub) -> Iterator[Declared]:
    """The tunnels, and what is on their ports and on those of the `bound` links."""
    yield from _tunnels(topology, hub)
    yield from _on_ports(topology, bound, hub)


def hub_of(topology: Topology, names: HubNames, missing: frozenset[str], machine: str) -> Hub:
    interfaces: dict[str | None, str] = {}
    masters: dict[str | None, str] = {}
    for bridge in topology.bridges:
        mode = bridges.mode(bridge.mode)
        interfaces[bridge.name] = names.bridges[bridge.name] if mode.IS_INTERFACE else ""
        masters[bridge.name] = interfaces[bridge.name] if mode.ENSLAVES else ""
    stp = frozenset(bridge.name for bridge in topology.bridges if bridge.stp)
    return Hub(names, interfaces, masters, stp, missing, machine)


def _bound(bridge: Bridge, hub: Hub, mac: str | None = None) -> BoundBridge:
    return BoundBridge(bridge, hub.names.bridges[bridge.name], mac, hub.missing)


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


def _on_ports(topology: Topology, bound: Iterable[BoundLink], hub: Hub) -> Iterator[Declared]:
    ports: dict[str | None, list[Port]] = {}
    for one in bound:
        if one.outer and one.link.bridge:
            port = Port(one.outer, one.link.vlan, span=one.link.span)
            ports.setdefault(one.link.bridge, []).append(port)
    for tunnel, name in zip(topology.tunnels, hub.names.tunnels, strict=True):
        ports.setdefault(tunnel.bridge, []).append(Port(name, tunnel=True, span=tunnel.span))
    for bridge in topology.bridges:
        on_ports = bridges.mode(bridge.mode).on_ports
        yield from on_ports(_bound(bridge, hub), ports.get(bridge.name, ()))
