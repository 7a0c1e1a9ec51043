from __future__ import annotations

from dataclasses import replace

from conlink_compose.reconcile.bind import bind, needed_kinds
from conlink_compose.state import HUB, Address, Interface, Loopback, Ready, Route
from conlink_compose.topology import Link, Node, Owner, Service, Topology

from .declared import all_nodes, default_route, endpoint, on_bridge, service, topology, wire


def test_each_replica_gets_its_own_address_mac_and_outer_name() -> None:
    declared = topology(
        on_bridge("node", "lan", "10.0.0.9/24", mac="02:00:00:00:00:ff"),
        services=(service("node", 3),),
        bridges=("lan",),
    )
    things = bind(declared, all_nodes(declared)).state.things
    assert ("address", "node-3", "eth0", "10.0.0.11/24") in things
    third = things["interface", "node-3", "eth0"]
    assert isinstance(third, Interface)
    assert third.mac == "02:00:00:00:01:01"
    outer = things["interface", HUB, "node_3-eth0"]
    assert isinstance(outer, Interface)
    assert (outer.master, outer.peer) == ("lan", ("node-3", "eth0"))


def test_only_the_nodes_given_are_bound_and_names_do_not_hang_on_who_runs() -> None:
    declared = topology(on_bridge("node", "lan"), services=(service("node", 3),), bridges=("lan",))
    nodes = all_nodes(declared)
    some = bind(declared, [nodes[2]])
    assert {thing.netns for thing in some.state if isinstance(thing, Ready)} == {"node-3"}
    assert some.names == bind(declared, nodes).names


def test_replica_i_of_a_wire_meets_replica_i() -> None:
    declared = topology(
        wire(endpoint("a", "x"), endpoint("b", "y")), services=(service("a", 2), service("b", 2))
    )
    things = bind(declared, all_nodes(declared)).state.things
    second = things["interface", "a-2", "x"]
    assert isinstance(second, Interface)
    assert second.peer == ("b-2", "y")


def test_a_wire_without_its_other_node_waits_and_its_node_is_not_ready() -> None:
    declared = topology(wire(endpoint("a"), endpoint("b")), services=(service("a"), service("b")))
    binding = bind(declared, all_nodes(declared)[:1])
    assert [wait.far_owner.name for wait in binding.waiting] == ["b"]
    assert list(binding.state) == [Loopback("a-1")]


def test_the_same_node_and_dev_has_the_same_mac_every_time_and_no_other_has_it() -> None:
    declared = topology(
        on_bridge("node", "lan"), services=(service("node", 200),), bridges=("lan",)
    )

    def macs() -> list[str | None]:
        found = bind(declared, all_nodes(declared)).state
        return [t.mac for t in found if isinstance(t, Interface) and t.netns != HUB and t.mac]

    assert macs() == macs()
    assert len(set(macs())) == 200
    assert all(mac and int(mac[:2], 16) & 3 == 2 for mac in macs()), "local and unicast"


def test_a_wire_whose_one_end_names_an_mtu_has_it_at_both() -> None:
    declared = topology(
        wire(endpoint("a", mtu=9000), endpoint("b")), services=(service("a"), service("b"))
    )
    state = bind(declared, all_nodes(declared)).state
    assert {thing.mtu for thing in state if isinstance(thing, Interface)} == {9000}


def test_a_container_name_leads_to_the_node_of_its_service() -> None:
    link = Link("veth", replace(endpoint("web"), owner=Owner("container", "www")), bridge="lan")
    declared = topology(
        link, services=(Service(Owner("service", "web"), 1, "www"),), bridges=("lan",)
    )
    assert ("interface", "web-1", "eth0") in bind(declared, all_nodes(declared)).state.things


def test_what_is_said_of_one_of_several_containers_is_for_it_alone() -> None:
    of_one = replace(endpoint("web", "x0", "10.0.0.5/24"), owner=Owner("container", "web-2"))
    declared = topology(
        Link("veth", of_one, bridge="lan"),
        wire(replace(of_one, dev="x1"), endpoint("a")),
        services=(service("web", 3), service("a")),
        bridges=("lan",),
    )
    things = bind(declared, all_nodes(declared)).state.things
    assert ("address", "web-2", "x0", "10.0.0.5/24") in things
    assert ("interface", "(hub)", "web_2-x0") in things
    assert ("interface", "web-2", "x1") in things
    assert not any(key[0] == "interface" and key[1] in ("web-1", "web-3") for key in things)


def test_a_container_outside_the_project_is_a_node_of_its_own() -> None:
    other = Owner("container", "other_box")
    declared = topology(
        Link("veth", replace(endpoint("", "x0", "10.0.0.5/24"), owner=other), bridge="lan"),
        services=(Service(other),),
        bridges=("lan",),
    )
    things = bind(declared, all_nodes(declared)).state.things
    assert ("address", "other_box", "x0", "10.0.0.5/24") in things
    assert ("interface", "(hub)", "other_box-x0") in things


def test_a_dummy_is_an_ifb_where_the_kernel_has_none() -> None:
    declared = topology(Link("dummy", endpoint("a", "d0", "8.8.8.8/32")), services=(service("a"),))
    assert needed_kinds(declared) == {"dummy"}

    def kind(missing: frozenset[str]) -> str:
        thing = bind(declared, all_nodes(declared), missing).state.things["interface", "a-1", "d0"]
        assert isinstance(thing, Interface)
        return thing.kind

    assert (kind(frozenset()), kind(frozenset({"dummy"}))) == ("dummy", "ifb")


def test_routes_say_what_the_kernel_will_store() -> None:
    routes = (default_route("10.0.0.1"), default_route("fd00::1"))
    declared = topology(
        on_bridge("a", "lan", "10.0.0.2/24", "fd00:0::2/64", routes=routes),
        services=(service("a"),),
        bridges=("lan",),
    )
    state = bind(declared, all_nodes(declared)).state
    found = {(t.to, t.via, t.metric) for t in state if isinstance(t, Route)}
    assert found == {("0.0.0.0/0", "10.0.0.1", 0), ("::/0", "fd00::1", 1024)}
    assert Address("a-1", "eth0", "fd00::2/64") in set(state)


def test_a_link_that_is_down_holds_no_routes() -> None:
    declared = topology(
        on_bridge("a", "lan", "10.0.0.2/24", routes=(default_route("10.0.0.1"),), up=False),
        services=(service("a"),),
        bridges=("lan",),
    )
    state = bind(declared, all_nodes(declared)).state
    assert not any(isinstance(thing, Route) for thing in state)


def replicas_of(declared: Topology, count: int) -> list[Node]:
    owner = declared.services[0].owner
    return [Node(f"{owner.name}-{n}", owner, n) for n in range(1, count + 1)]


def test_a_replica_beyond_the_declared_ones_is_linked_where_its_numbers_fit() -> None:
    declared = topology(
        on_bridge("node", "lan", "10.0.0.253/24"), services=(service("node"),), bridges=("lan",)
    )
    binding = bind(declared, replicas_of(declared, 3))
    assert [bound.near.name for bound in binding.bound] == ["node-1", "node-2"]
    (problem,) = binding.refused
    assert problem.message == (
        "node-3 gets no links: 10.0.0.253/24 plus 2 leaves 10.0.0.0/24, and 1 replica is declared"
    )
    assert Ready("node-3") not in set(binding.state)


def test_a_replica_beyond_the_declared_ones_takes_nobodys_address_nor_mac() -> None:
    declared = topology(
        on_bridge("node", "lan", "10.0.0.1/24"),
        on_bridge("db", "lan", "10.0.0.3/24", mac="02:00:00:00:00:09"),
        on_bridge("node", "other", dev="eth1", mac="02:00:00:00:00:09"),
        services=(service("node"), service("db")),
        bridges=("lan", "other"),
    )
    binding = bind(declared, replicas_of(declared, 3))
    assert [problem.message for problem in binding.refused] == [
        "node-3 gets no links: 10.0.0.3 is taken by db, and 1 replica is declared"
    ]


def test_a_wire_waits_for_a_replica_without_room() -> None:
    declared = topology(
        wire(endpoint("a", "x"), endpoint("b", "y", "10.0.0.254/24")),
        services=(service("a", 2), service("b")),
    )
    nodes = [*replicas_of(declared, 2), Node("b-2", Owner("service", "b"), 2)]
    assert [wait.node.name for wait in bind(declared, nodes).waiting] == ["a-1", "a-2"]


def test_the_order_in_which_an_engine_names_its_nodes_does_not_matter() -> None:
    declared = topology(on_bridge("node", "lan"), services=(service("node", 3),), bridges=("lan",))
    nodes = all_nodes(declared)
    assert bind(declared, nodes[::-1]).bound == bind(declared, nodes).bound
