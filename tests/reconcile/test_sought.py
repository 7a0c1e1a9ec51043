"""Where a look looks for what few networks have."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from conlink_compose.reconcile.sought import sought
from conlink_compose.state import HUB
from conlink_compose.state.sought import NOTHING
from conlink_compose.topology import Forward, Link, Owner, Topology

from .declared import all_nodes, endpoint, on_bridge, service, topology

NAT = ip_address("10.0.0.9")


def declared(*links: Link) -> Topology:
    return topology(*links, services=(service("a", 2), service("b")), bridges=("lan",))


def test_most_networks_have_nothing_of_the_kind() -> None:
    plain = declared(on_bridge("a", "lan"))
    assert sought(plain, all_nodes(plain)) is NOTHING


def test_every_replica_that_is_meant() -> None:
    link = Link("veth", endpoint("a", "eth0", nat=NAT, ethtool=(("tx", "off"),)), bridge="lan")
    found = sought(declared(link), all_nodes(declared(link)))
    assert found.rules == {"a-1", "a-2"}
    assert found.features["a-2"] == {"eth0": ("tx",)}
    assert found.features["b-1"] == {}


def test_one_replica_alone() -> None:
    one = replace(endpoint("a", "eth0", nat=NAT), owner=Owner("container", "a-2"))
    found = sought(declared(Link("veth", one)), all_nodes(declared()))
    assert found.rules == {"a-2"}


def test_the_hub_where_its_ports_lead_somewhere() -> None:
    link = replace(on_bridge("a", "lan"), forward=(Forward(80, 80, "tcp"),))
    assert sought(declared(link), all_nodes(declared(link))).rules == {HUB}
