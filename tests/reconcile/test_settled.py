"""What hangs on the machine: the mode that a bridge leaves open, and checksums."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conlink_compose.reconcile.settled import settled, with_checksums
from conlink_compose.state import OVS_DATAPATH
from conlink_compose.topology import Bridge, Topology

from .declared import endpoint, on_bridge, service, topology

LAN = topology(on_bridge("a", "lan"), services=(service("a"),), bridges=("lan",))
ALONE = frozenset((OVS_DATAPATH,))


def with_bridge(bridge: Bridge) -> Topology:
    return replace(LAN, bridges=(bridge,))


def modes(found: Topology) -> list[str]:
    return [bridge.mode for bridge in found.bridges]


def test_auto_is_open_vswitch_where_its_module_is_loaded() -> None:
    assert modes(settled(with_bridge(Bridge("lan")), has_ovs=True)) == ["ovs"]
    assert modes(settled(with_bridge(Bridge("lan")), has_ovs=False)) == ["auto"]


def test_a_mode_that_is_named_stays() -> None:
    for mode in ("linux", "patch", "ovs"):
        declared = with_bridge(Bridge("lan", mode))  # type: ignore[arg-type]
        assert settled(declared, has_ovs=True) == declared


def test_auto_stays_where_open_vswitch_refuses_the_name() -> None:
    for name in ("ovs-system", "a\\b", "vxlan_sys_4789"):
        declared = with_bridge(Bridge(name))
        assert settled(declared, has_ovs=True) == declared


def test_auto_stays_where_an_outer_end_has_a_name_that_open_vswitch_keeps() -> None:
    (link,) = LAN.links
    for name, mode in (("ovs-netdev", "auto"), ("vxlan_sys_1", "auto"), ("br-int", "ovs")):
        declared = replace(with_bridge(Bridge("lan")), links=(replace(link, outer=name),))
        assert modes(settled(declared, has_ovs=True)) == [mode], name


def test_auto_stays_where_only_the_kernels_own_can() -> None:
    masked = with_bridge(Bridge("lan", group_fwd_mask=8))
    assert settled(masked, has_ovs=True) == masked
    (link,) = LAN.links
    isolating = replace(with_bridge(Bridge("lan")), links=(replace(link, isolated=True),))
    assert settled(isolating, has_ovs=True) == isolating


def switches(declared: Topology, missing: frozenset[str]) -> dict[str, str]:
    found = with_checksums(declared, missing)
    assert with_checksums(found, missing) == found
    return dict(found.links[0].near.ethtool)


def test_packets_are_whole_towards_a_switch_in_userspace() -> None:
    declared = with_bridge(Bridge("lan", "ovs"))
    assert switches(declared, ALONE) == {"tx": "off"}
    assert switches(declared, frozenset()) == {}
    assert switches(with_bridge(Bridge("lan", "linux")), ALONE) == {}


@pytest.mark.parametrize("name", ["tx", "tx-checksumming", "tx-checksum-ip-generic"])
def test_what_a_file_says_of_it_stays(name: str) -> None:
    """By whichever of its names: two that contradict each other would be switched for ever."""
    asked = replace(endpoint("a", "eth0"), ethtool=((name, "on"), ("gro", "off")))
    declared = with_bridge(Bridge("lan", "ovs"))
    declared = replace(declared, links=(replace(declared.links[0], near=asked),))
    assert switches(declared, ALONE) == {name: "on", "gro": "off"}
