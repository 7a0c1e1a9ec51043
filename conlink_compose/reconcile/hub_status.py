"""The tunnels, as seen in the kernel: what `ps` shows of the hub itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conlink_compose import bridges, tunnels
from conlink_compose.reconcile.bind import Binding
from conlink_compose.reconcile.status import (
    InterfaceStatus,
    NodeWiring,
    interface_status,
    suffering,
    vlans_of,
)
from conlink_compose.state import HUB, State
from conlink_compose.topology import Topology, Tunnel


def hub_status(topology: Topology, binding: Binding, actual: State) -> NodeWiring | None:
    """None where there are no tunnels: of all others the nodes tell."""
    found = tuple(_tunnels(topology, binding, actual))
    ready = all(one.state != "missing" for one in found)
    return NodeWiring(HUB, ready, found) if found else None


def _tunnels(topology: Topology, binding: Binding, actual: State) -> Iterator[InterfaceStatus]:
    bridge_of = {_numbers(one): one.bridge for one in topology.tunnels}
    patches = {bridge.name for bridge in topology.bridges if not _is_interface(bridge.mode)}
    for wanted in binding.state.interfaces():
        if wanted.netns != HUB or wanted.kind not in tunnels.kinds():
            continue
        data = dict(wanted.data)
        bridge = bridge_of[wanted.kind, data["vni"], data["remote"], data["port"]]
        now = actual.interface(wanted.key)
        data |= dict(now.data) if now else {}
        kind = "patch" if bridge in patches else "bridge"
        vlans = vlans_of(wanted.end, actual)
        joined = f"{data['remote']} vni {data['vni']}, {kind} {bridge}{vlans}"
        told = interface_status(wanted, now, joined, now.held if now else None)
        yield replace(told, **suffering(wanted, actual)) if now else told


def _numbers(tunnel: Tunnel) -> tuple[object, ...]:
    return tunnel.kind, tunnel.vni, str(tunnel.remote), tunnels.port_of(tunnel)


def _is_interface(mode: str) -> bool:
    return bridges.mode(mode).IS_INTERFACE
