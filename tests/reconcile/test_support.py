from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from conlink_compose.reconcile.support import unsupported
from conlink_compose.topology import Bridge, Netem, Tunnel

from .declared import endpoint, on_bridge, service, topology, wire

LAN = topology(on_bridge("a", "lan"), services=(service("a"),), bridges=("lan",))


def test_what_can_be_brought_up_is_not_complained_about() -> None:
    assert not list(unsupported(LAN))


def test_each_thing_that_cannot_is_named() -> None:
    declared = replace(
        LAN,
        bridges=(Bridge("lan", "ovs"),),
        links=(
            replace(LAN.links[0], kind="macvlan"),
            wire(endpoint("a", "x"), endpoint("a", "y", netem=(Netem(delay=1000.0),))),
        ),
        tunnels=(Tunnel("vxlan", "lan", ip_address("192.0.2.1"), 7),),
    )
    found = list(unsupported(declared))
    assert {diagnostic.code for diagnostic in found} == {"not-yet"}
    text = "\n".join(diagnostic.message for diagnostic in found)
    for word in ("mode ovs", "type macvlan", "`netem`", "tunnels"):
        assert word in text
