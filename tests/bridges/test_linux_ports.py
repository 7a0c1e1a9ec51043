"""What a linux bridge has on its ports."""

from __future__ import annotations

from conlink_compose import bridges
from conlink_compose.bridges import BoundBridge, Port
from conlink_compose.state import PortVlans
from conlink_compose.topology import Bridge, Vlan


def words(*ports: Port, filtering: bool = True) -> dict[str, str]:
    bridge = Bridge("lan", "linux", vlan_filtering=filtering)
    found = bridges.mode("linux").on_ports(BoundBridge(bridge, "lan"), ports)
    return {thing.interface: thing.words for thing, _ in found if isinstance(thing, PortVlans)}


def test_a_bridge_that_does_not_filter_says_nothing_of_vlans() -> None:
    assert words(Port("a"), filtering=False) == {}


def test_what_each_port_lets_pass() -> None:
    assert words(
        Port("a", Vlan(10)),
        Port("b", Vlan(trunk=(22, 20, 21, 10))),
        Port("c", Vlan(trunk=(10, 20), native=20)),
        Port("d"),
    ) == {"a": "vlan 10", "b": "trunk 10,20-22", "c": "trunk 10 native 20", "d": "vlan 1"}


def test_a_tunnel_carries_every_vlan_of_the_bridge() -> None:
    found = words(Port("a", Vlan(10)), Port("b", Vlan(trunk=(1, 30))), Port("t", tunnel=True))
    assert found["t"] == "trunk 10,30 native 1"


def test_a_set_that_the_language_cannot_say_is_said_as_bridge_does() -> None:
    port = PortVlans("(hub)", "a", pvid=7, untagged=(7, 9), tagged=(8,))
    assert port.words == "vlans 7-9 untagged 7,9 pvid 7"
    assert PortVlans("(hub)", "a", pvid=0, untagged=()).words == "vlans none"
