from __future__ import annotations

from typing import Literal, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conlink_compose.reconcile.names import hub_names
from conlink_compose.topology import LONGEST_DEV, Bridge, Endpoint, Link, Owner, Service, Topology

from .declared import all_nodes, on_bridge, service, topology

Mode: TypeAlias = Literal["linux", "ovs"]


def test_a_name_that_fits_is_the_one_everybody_expects() -> None:
    declared = topology(
        on_bridge("web", "lan", dev="eth1"), services=(service("web", 2),), bridges=("lan",)
    )
    names = hub_names(declared, [])
    assert names.outers == {("web-1", "eth1"): "web_1-eth1", ("web-2", "eth1"): "web_2-eth1"}
    assert names.bridges == {"lan": "lan"}


def test_a_hosts_outer_name_has_no_number() -> None:
    link = Link("veth", Endpoint(Owner("host", "h1"), "eth0"), bridge="s1")
    declared = Topology("p", (Service(Owner("host", "h1")),), (link,), (Bridge("s1"),))
    assert hub_names(declared, []).outers == {("h1", "eth0"): "h1-eth0"}


@pytest.mark.parametrize(("mode", "is_free"), [("ovs", False), ("linux", True)])
def test_open_vswitch_has_names_of_its_own_in_the_hub(mode: Mode, is_free: bool) -> None:
    links = (
        Link("veth", Endpoint(Owner("host", "ovs"), "system"), bridge="lan"),
        Link("veth", Endpoint(Owner("host", "ovs"), "eth0"), bridge="ovs-netdev"),
    )
    bridges = (Bridge("lan", mode), Bridge("ovs-netdev", "linux"))
    found = hub_names(Topology("p", (Service(Owner("host", "ovs")),), links, bridges), [])
    assert found.outers["ovs", "eth0"] == "ovs-eth0"
    assert (found.outers["ovs", "system"] == "ovs-system") == is_free
    assert (found.bridges["ovs-netdev"] == "ovs-netdev") == is_free


words = st.text("abcdefgh-é", min_size=1, max_size=24)


@given(st.lists(words, unique=True, max_size=8), st.lists(words, unique=True, max_size=6))
def test_names_fit_and_never_collide(services: list[str], bridges: list[str]) -> None:
    declared = topology(
        *(on_bridge(name, bridge) for name in services for bridge in bridges[:1]),
        services=tuple(service(name, 3) for name in services),
        bridges=tuple(bridges),
    )
    names = hub_names(declared, all_nodes(declared))
    given_out = [*names.bridges.values(), *names.outers.values()]
    assert len(set(given_out)) == len(given_out)
    assert all(0 < len(name.encode()) <= LONGEST_DEV for name in given_out)
    assert names == hub_names(declared, [])
