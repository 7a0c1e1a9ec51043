"""What is told of tunnels."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.hub_status import hub_status
from conlink_compose.reconcile.status import InterfaceStatus
from conlink_compose.state import State
from conlink_compose.topology import Bridge, Topology, Tunnel, Vlan

from .declared import all_nodes, on_bridge, service, topology

VXLAN = Tunnel("vxlan", "lan", ip_address("192.0.2.9"), 7)
GENEVE = Tunnel("geneve", "p", ip_address("2001:db8::9"), 8)
LAN = replace(
    topology(on_bridge("a", "lan"), on_bridge("b", "p"), services=(service("a"), service("b"))),
    bridges=(Bridge("lan", "linux"), Bridge("p", "patch")),
    tunnels=(VXLAN, GENEVE),
)


def told(declared: Topology, actual: State | None = None) -> tuple[InterfaceStatus, ...]:
    binding = bind(declared, all_nodes(declared))
    found = hub_status(declared, binding, binding.state if actual is None else actual)
    return found.interfaces if found else ()


def test_where_each_leads_and_what_it_is_joined_to() -> None:
    vxlan, geneve = told(LAN)
    assert (vxlan.name, vxlan.kind, vxlan.state, vxlan.mtu) == ("vxlan7", "vxlan", "up", 1500)
    assert vxlan.peer == "192.0.2.9 vni 7, bridge lan"
    assert geneve.peer == "2001:db8::9 vni 8, patch p"


def test_one_that_is_not_there_is_missing() -> None:
    assert [one.state for one in told(LAN, State())] == ["missing", "missing"]


def test_the_vlans_it_carries() -> None:
    link = replace(LAN.links[0], vlan=Vlan(10))
    filtering = (Bridge("lan", "linux", vlan_filtering=True), LAN.bridges[1])
    vxlan, _ = told(replace(LAN, links=(link, LAN.links[1]), bridges=filtering))
    assert vxlan.peer == "192.0.2.9 vni 7, bridge lan trunk 10 native 1"


def test_without_tunnels_nothing_is_told_of_the_hub() -> None:
    assert told(replace(LAN, tunnels=())) == ()
