"""What is said, and not begun, where the kernel lacks what a bridge or a tunnel asks of it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from conlink_compose.reconcile.bind import bind, needed_kinds
from conlink_compose.reconcile.plan import Planned, plan
from conlink_compose.reconcile.support import impossible
from conlink_compose.reconcile.text import describe
from conlink_compose.state import State
from conlink_compose.topology import Bridge, Topology, Tunnel

from .declared import all_nodes, on_bridge, service, topology

LAN = topology(
    on_bridge("a", "lan"),
    on_bridge("b", "lan"),
    on_bridge("c", "other"),
    services=(service("a"), service("b"), service("c")),
    bridges=("lan", "other"),
)
OTHER = Bridge("other", "linux")
FILTERING = replace(LAN, bridges=(Bridge("lan", "linux", vlan_filtering=True), OTHER))
PATCH = replace(LAN, bridges=(Bridge("lan", "patch"), OTHER))
TUNNEL = replace(LAN, tunnels=(Tunnel("geneve", "lan", ip_address("192.0.2.1"), 7),))


def planned(declared: Topology, *missing: str) -> Planned:
    return plan(bind(declared, all_nodes(declared), frozenset(missing)).state, State())


def test_what_each_asks_of_the_kernel() -> None:
    assert needed_kinds(LAN) == frozenset()
    assert needed_kinds(FILTERING) == {"vlan_filtering"}
    assert needed_kinds(PATCH) == {"mirred"}
    assert needed_kinds(TUNNEL) == {"geneve"}


def test_no_bridge_is_made_that_would_not_keep_vlans_apart() -> None:
    found = planned(FILTERING, "vlan_filtering")
    (told,) = found.conflicts
    assert told.message == (
        "bridge interface lan of the hub cannot be made: "
        "this machine's kernel cannot keep VLANs apart on a bridge"
    )
    assert told.help
    assert "CONFIG_BRIDGE_VLAN_FILTERING" in told.help
    done = "\n".join(map(describe, found.plan))
    assert "master other" in done
    assert "lan" not in done, "nor is anything joined to it"
    assert not planned(FILTERING).conflicts


def test_no_patch_is_made_without_what_leads_its_frames() -> None:
    told = [one.message for one in planned(PATCH, "mirred").conflicts]
    assert told == [
        "redirect from a_1-eth0 to b_1-eth0 of the hub cannot be made: "
        "this machine's kernel cannot lead frames from one interface to another",
        "redirect from b_1-eth0 to a_1-eth0 of the hub cannot be made: "
        "this machine's kernel cannot lead frames from one interface to another",
    ]


def test_it_is_told_beforehand_once_a_place() -> None:
    def told(declared: Topology, *missing: str) -> list[str]:
        found = impossible(declared, frozenset(missing), reaches_machine=True)
        return [one.message.partition(": ")[0] for one in found]

    cannot = "of the hub cannot be made"
    assert told(FILTERING, "vlan_filtering") == [f"bridge interface lan {cannot}"]
    assert told(PATCH, "mirred") == [f"redirect from a_1-eth0 to b_1-eth0 {cannot}"]
    assert told(TUNNEL, "geneve") == [f"geneve interface geneve7 {cannot}"]
    assert told(TUNNEL) == told(LAN, "dummy") == []


def test_no_tunnel_of_a_kind_the_kernel_lacks() -> None:
    (told,) = planned(TUNNEL, "geneve").conflicts
    assert told.message.endswith("this machine's kernel has no geneve")
    assert told.help == "load its module: modprobe geneve"
