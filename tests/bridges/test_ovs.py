"""What a bridge of Open vSwitch is made of."""

from __future__ import annotations

from conlink_compose import bridges
from conlink_compose.bridges import BoundBridge, Port
from conlink_compose.state import (
    HUB,
    KERNEL_DATAPATH,
    OVS,
    OVS_DATAPATH,
    USERSPACE_DATAPATH,
    LocalPort,
    OvsBridge,
    OvsPort,
)
from conlink_compose.topology import Bridge, Vlan

LAN = Bridge("lan", "ovs")
MODE = bridges.mode("ovs")


def test_it_asks_for_the_programs_and_has_a_port_of_its_own() -> None:
    assert MODE.needs(LAN) == {OVS, OVS_DATAPATH}
    made, local = MODE.expand(BoundBridge(LAN, "lan"))
    assert made == OvsBridge(HUB, "lan", KERNEL_DATAPATH)
    assert local == LocalPort(HUB, "lan", "ovs", up=True)
    assert local.lies_on == made.key
    assert local.comes_by_itself


def test_without_the_kernels_module_it_is_in_userspace() -> None:
    made, _ = MODE.expand(BoundBridge(LAN, "lan", missing=frozenset((OVS_DATAPATH,))))
    assert isinstance(made, OvsBridge)
    assert made.datapath == USERSPACE_DATAPATH


def test_what_the_file_says_of_it() -> None:
    tuned = Bridge("lan", "ovs", stp=True, mcast_snooping=True, vlan_filtering=True, mtu=1400)
    made, _ = MODE.expand(BoundBridge(tuned, "lan", mac="02:00:00:00:00:01"))
    assert made == OvsBridge(
        HUB, "lan", stp=True, mcast_snooping=True, vlan=1, mac="02:00:00:00:00:01", mtu=1400
    )


def ports(bridge: Bridge, *found: Port) -> dict[str, str]:
    told = [thing for thing, _ in MODE.on_ports(BoundBridge(bridge, "lan"), found)]
    assert all(isinstance(one, OvsPort) and one.bridge == "lan" for one in told)
    return {one.interface: one.words for one in told if isinstance(one, OvsPort)}


def test_every_vlan_passes_where_none_is_named() -> None:
    assert ports(LAN, Port("a"), Port("t", tunnel=True)) == {"a": "", "t": ""}


def test_vlans_are_those_of_a_linux_bridge() -> None:
    found = (Port("a", Vlan(10)), Port("b", Vlan(trunk=(10, 20), native=20)), Port("c"))
    assert ports(Bridge("lan", "ovs", vlan_filtering=True), *found) == {
        "a": "vlan 10",
        "b": "trunk 10 native 20",
        "c": "vlan 1",
    }
