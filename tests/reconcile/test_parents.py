"""Where a parent is looked for, and what happens to who lies on it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conlink_compose.reconcile.bind import bind, on_machine
from conlink_compose.reconcile.hosts_file import hosts_files, names_of
from conlink_compose.reconcile.plan import plan
from conlink_compose.reconcile.status import status
from conlink_compose.state import HUB, MACHINE, OUT_OF_REACH, End, Interface, State
from conlink_compose.topology import Link, Node, Owner, Topology
from tests.plan_text import describe_plan
from tests.reconcile.declared import all_nodes, endpoint, on_bridge, service, topology

SERVICES = (service("a"), service("b"))


def vlan(parent: str, number: int = 5) -> Link:
    return Link("vlan", endpoint("a", "eth5"), outer=parent, vlanid=number)


def declared(*links: Link) -> Topology:
    """A bridge lan, and a loose outer end."""
    loose = Link("veth", endpoint("b", "eth1"), outer="loose")
    return topology(on_bridge("b", "lan"), loose, *links, services=SERVICES, bridges=("lan",))


def bound(one: Topology, machine: str = MACHINE) -> State:
    return bind(one, all_nodes(one), machine=machine).state


def parent_of(one: Topology, machine: str = MACHINE) -> End | None:
    found = bound(one, machine).interface(("interface", "a-1", "eth5"))
    assert found
    return found.parent


@pytest.mark.parametrize(
    ("outer", "parent"),
    [
        ("lan", End(HUB, "lan")),
        ("loose", End(HUB, "loose")),
        ("b_1-eth0", End(HUB, "b_1-eth0")),
        ("eth0", End(MACHINE, "eth0")),
    ],
)
def test_it_is_looked_for_in_the_hub_first(outer: str, parent: End) -> None:
    one = declared(vlan(outer))
    assert parent_of(one) == parent
    assert on_machine(one, all_nodes(one)) == (parent.netns == MACHINE)


def test_the_machine_is_not_looked_at_where_nothing_lies_on_a_parent() -> None:
    one = declared()
    assert not on_machine(one, all_nodes(one))


def test_a_machine_out_of_reach_is_told_at_the_link() -> None:
    one = declared(vlan("eth0"))
    found = plan(bound(one, OUT_OF_REACH), State())
    assert [told.message.rpartition(": ")[2] for told in found.conflicts] == [
        "eth0 of the machine is out of reach here"
    ]
    assert "eth5" not in describe_plan(found.plan), "and the others are brought up"
    assert "b-1:eth0" in describe_plan(found.plan)


def test_it_is_made_after_its_parent() -> None:
    added = [one.thing.key for one in plan(bound(declared(vlan("loose"))), State()).plan]
    assert added.index(("interface", "b-1", "eth1")) < added.index(("interface", "a-1", "eth5"))


def test_it_goes_with_its_parent_and_comes_again() -> None:
    before = bound(declared(vlan("loose")))
    things = dict(before.things)
    outer = things["interface", HUB, "loose"]
    assert isinstance(outer, Interface)
    things[outer.key] = replace(outer, peer=None)  # the node at its other end was restarted
    found = [one for one in plan(before, State(things)).plan if one.thing.netns == "a-1"]
    assert [(one.verb, one.cause) for one in found] == [
        ("remove", "goes with its parent"),
        ("add", "is declared"),
    ]


def test_what_somebody_else_lays_on_our_interface_is_not_ours_to_remove() -> None:
    before = bound(declared())
    other = Interface("a-1", "mine", "vlan", parent=End(HUB, "loose"), owned=False)
    found = plan(State(), State({**before.things, other.key: other}))
    assert other.key not in [one.thing.key for one in found.plan]


def test_another_parent_is_another_interface() -> None:
    one, other = bound(declared(vlan("loose"))), bound(declared(vlan("lan")))
    found = [one for one in plan(other, one).plan if one.thing.netns == "a-1"]
    assert [one.verb for one in found] == ["remove", "add"]


def test_an_mtu_above_that_of_the_parent_waits() -> None:
    nic = Interface(MACHINE, "eth0", "", mtu=1500, up=True, owned=False)
    link = vlan("eth0")
    one = declared(replace(link, near=replace(link.near, mtu=9000)))
    found = plan(bound(one), State.of([nic]))
    assert [told.message for told in found.conflicts] == [
        "mtu 9000 of eth5 of a-1 is above the 1500 of its parent eth0 of the machine"
    ]


def test_what_it_is_joined_to_is_shown() -> None:
    one = declared(vlan("lan"))
    binding = bind(one, all_nodes(one))
    (node, _) = status(all_nodes(one), binding, binding.state)
    assert [interface.peer for interface in node.interfaces] == ["vlan 5 of lan"]


def test_a_replica_beyond_the_declared_ones_gets_no_vlan_of_another() -> None:
    one = declared(vlan("eth0"))
    more = Node("a-2", Owner("service", "a"), 2)
    (told,) = bind(one, [*all_nodes(one), more]).refused
    assert told.message.startswith("a-2 gets no links: vlanid 5 of eth0 is taken by a")


def test_an_address_on_the_same_parent_comes_first_in_the_names() -> None:
    """The reader reaches it without a router."""

    def on(node: str, parent: str, dev: str, address: str) -> Link:
        return Link("macvlan", endpoint(node, dev, address), outer=parent)

    one = topology(
        on("a", "eth0", "eth0", "10.0.0.1/24"),
        on("b", "eth1", "eth1", "10.1.0.2/24"),
        on("b", "eth0", "eth0", "10.0.0.2/24"),
        services=SERVICES,
    )
    wanted = ["10.0.0.2\tb b-1"]
    assert hosts_files(one).heads["a-1"].splitlines()[-1:] == wanted
    assert names_of(one, bind(one, all_nodes(one)).bound).heads["a-1"].splitlines() == wanted
