from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.plan import plan
from conlink_compose.reconcile.text import describe
from conlink_compose.state import (
    HUB,
    Address,
    End,
    Interface,
    Key,
    Loopback,
    PrefixRoute,
    Ready,
    Route,
    State,
    Thing,
)
from conlink_compose.topology import Bridge, Topology

from .declared import all_nodes, default_route, endpoint, on_bridge, service, topology, wire

LAN = topology(
    on_bridge("a", "lan", "10.0.0.1/24"),
    on_bridge("b", "lan", "10.0.0.2/24", routes=(default_route("10.0.0.1"),)),
    services=(service("a"), service("b")),
    bridges=("lan",),
)
RING = topology(
    wire(endpoint("a", "east", "10.0.0.0/31"), endpoint("b", "west", "10.0.0.1/31")),
    wire(endpoint("b", "east"), endpoint("a", "west")),
    services=(service("a"), service("b")),
)


def desired(declared: Topology) -> State:
    return bind(declared, all_nodes(declared)).state


def without(state: State, *keys: Key) -> State:
    return State({key: thing for key, thing in state.things.items() if key not in keys})


def with_(state: State, *things: Thing) -> State:
    return State({**state.things, **{thing.key: thing for thing in things}})


def lines(wanted: State, actual: State) -> list[str]:
    return [describe(operation).split("   #")[0] for operation in plan(wanted, actual).plan]


def test_nothing_to_do_where_all_is_as_desired() -> None:
    wanted = desired(LAN)
    assert plan(wanted, wanted) == ((), ())


def test_what_is_undeclared_is_not_compared() -> None:
    wanted = desired(LAN)
    bridge = wanted.things["interface", HUB, "lan"]
    assert isinstance(bridge, Interface)
    assert lines(wanted, with_(wanted, replace(bridge, mtu=1400, data=()))) == []


def test_an_edited_address_is_added_before_the_old_one_goes() -> None:
    edited = replace(LAN, links=(on_bridge("a", "lan", "10.0.0.7/24"), LAN.links[1]))
    assert lines(desired(edited), desired(LAN)) == [
        "add     address 10.0.0.7/24 on a-1:eth0",
        "remove  address 10.0.0.1/24 on a-1:eth0",
    ]


def test_foreign_things_are_left_alone() -> None:
    wanted = desired(LAN)
    foreign: list[Thing] = [
        Interface("a-1", "docker0", "bridge", owned=False),
        Address("a-1", "eth0", "10.9.9.9/24", owned=False),
        Route("a-1", "eth0", "10.99.0.0/16", "10.0.0.254", owned=False),
    ]
    assert plan(wanted, with_(wanted, *foreign)) == ((), ())


def test_a_foreign_interface_in_the_way_is_a_conflict_and_the_rest_is_done() -> None:
    wanted = desired(LAN)
    ready: tuple[Key, Key] = (("ready", "a-1"), ("ready", "b-1"))
    in_the_way = Interface("a-1", "eth0", "veth", owned=False)
    found = plan(wanted, with_(State(), in_the_way))
    assert [conflict.code for conflict in found.conflicts] == ["conflict"]
    assert "a-1 already has an interface eth0" in found.conflicts[0].message
    text = [describe(operation) for operation in found.plan]
    assert any("b-1:eth0 = (hub):b_1-eth0" in line for line in text)
    assert not any("a-1" in line or "a_1" in line for line in text)
    later = plan(wanted, with_(without(wanted, *ready), in_the_way))
    assert {op.thing.netns for op in later.plan if isinstance(op.thing, Ready)} == {"b-1"}


def test_a_foreign_address_that_is_just_as_desired_satisfies() -> None:
    wanted = desired(LAN)
    same = Address("a-1", "eth0", "10.0.0.1/24", owned=False)
    assert plan(wanted, with_(wanted, same)) == ((), ())


def test_a_fast_restart_meets_its_own_old_outer_end_and_replaces_it() -> None:
    wanted = desired(LAN)
    stale = Interface(HUB, "a_1-eth0", "veth", up=True, master="lan", mtu=1500, peer=None)
    in_a = [key for key in wanted.things if key[1] == "a-1"]
    assert lines(wanted, with_(without(wanted, *in_a), stale)) == [
        "remove  veth (hub):a_1-eth0",
        lines(wanted, State())[1],
        "add     address 10.0.0.1/24 on a-1:eth0",
    ]


def test_a_veth_is_removed_once_and_its_addresses_go_with_it() -> None:
    fewer = replace(LAN, links=LAN.links[:1])
    assert lines(desired(fewer), desired(LAN)) == ["remove  veth b-1:eth0"]


def test_a_wire_turned_round_is_made_anew() -> None:
    wanted = desired(RING)
    near, far = End("a-1", "east"), End("a-1", "west")
    crossed = with_(
        wanted,
        replace(wanted.things["interface", *near], peer=End("b-1", "east")),  # type: ignore[type-var]
        replace(wanted.things["interface", "b-1", "east"], peer=near),  # type: ignore[type-var]
        replace(wanted.things["interface", *far], peer=End("b-1", "west")),  # type: ignore[type-var]
        replace(wanted.things["interface", "b-1", "west"], peer=far),  # type: ignore[type-var]
    )
    verbs = [line.split()[0] for line in lines(wanted, crossed)]
    assert verbs == ["remove", "remove", "add", "add", "add", "add"], "two veths, two addresses"


def test_a_node_is_not_ready_while_something_is_left_to_do_at_its_outer_end() -> None:
    patch = topology(
        on_bridge("a", "p"),
        on_bridge("b", "p"),
        services=(service("a"), service("b"), service("c")),
    )
    wanted = desired(replace(patch, bridges=(Bridge("p", "patch"),)))
    unmarked = without(wanted, *(("ready", f"{name}-1") for name in "abc"))
    one_way = without(unmarked, ("redirect", HUB, "a_1-eth0"))
    assert lines(wanted, one_way) == [
        "add     redirect (hub):a_1-eth0 -> b_1-eth0",
        "add     ready b-1",
        "add     ready c-1",
    ]


def test_a_node_is_ready_only_when_nothing_in_it_is_left_to_do() -> None:
    wanted = desired(RING)
    unmarked = without(wanted, ("ready", "a-1"), ("ready", "b-1"))
    assert lines(wanted, unmarked) == ["add     ready a-1", "add     ready b-1"]
    assert not any("ready" in line for line in lines(wanted, State()))
    one_end = without(unmarked, ("address", "b-1", "west", "10.0.0.1/31"))
    assert lines(wanted, one_end) == [
        "add     address 10.0.0.1/31 on b-1:west",
        "add     ready a-1",
    ]


def test_a_mark_stays_when_a_node_loses_its_neighbour() -> None:
    alone = bind(RING, all_nodes(RING)[:1]).state
    assert lines(alone, State.of([Ready("a-1")])) == []


def test_a_bridge_taken_off_a_link_frees_its_outer_end() -> None:
    loose = replace(LAN, links=(replace(LAN.links[0], bridge=None), LAN.links[1]))
    found = plan(desired(loose), desired(LAN)).plan
    assert [op.cause for op in found] == ["master lan -> none"]


@given(st.data())
def test_obeying_a_plan_leaves_nothing_to_do(data: st.DataObject) -> None:
    """From any part of any old network, in one pass and one for the marks."""
    wanted = desired(data.draw(st.sampled_from([LAN, RING])))
    old = desired(data.draw(st.sampled_from([LAN, RING])))
    kept = data.draw(st.sets(st.sampled_from(sorted(old.things))))
    actual = _kernel_keeps_pairs(State({key: old.things[key] for key in kept}))
    for _ in range(2):
        actual = _obey(wanted, actual)
    assert plan(wanted, actual) == ((), ())


def _kernel_keeps_pairs(state: State) -> State:
    """No veth has one end, no address lies on an interface that is not there."""
    things = dict(state.things)
    for key, thing in state.things.items():
        peer = ("interface", *thing.peer) if isinstance(thing, Interface) and thing.peer else key
        carrier = (
            ("interface", thing.netns, thing.interface)
            if isinstance(thing, Address | Route)
            else key
        )
        if peer not in state.things or carrier not in state.things:
            del things[key]
    orphans = [
        key
        for key, thing in things.items()
        if isinstance(thing, Address | Route)
        and ("interface", thing.netns, thing.interface) not in things
    ]
    return State({key: thing for key, thing in things.items() if key not in orphans})


def _obey(wanted: State, actual: State) -> State:
    things = dict(actual.things)
    for operation in plan(wanted, actual).plan:
        for thing in filter(None, (operation.thing, operation.other)):
            if operation.verb == "remove":
                things.pop(thing.key, None)
                if isinstance(thing, Interface) and thing.peer:
                    things.pop(("interface", *thing.peer), None)
            else:
                assert operation.verb == "change" or thing.key not in things, operation
                things[thing.key] = thing
    return _kernel_keeps_pairs(State(things))


def test_a_conflict_in_the_hub_or_at_the_far_end_keeps_the_node_from_being_ready() -> None:
    wanted = desired(LAN)
    outer = Interface(HUB, "a_1-eth0", "veth", owned=False)
    found = plan(wanted, with_(State(), outer))
    assert not any(op.thing.netns == "a-1" for op in found.plan)
    wired = desired(RING)
    far = Interface("b-1", "west", "dummy", owned=False)
    busy = plan(wired, with_(without(wired, ("ready", "a-1"), ("ready", "b-1")), far))
    assert not any(isinstance(op.thing, Ready) for op in busy.plan)


def test_a_route_whose_packets_another_takes_is_a_conflict_until_it_is_no_longer_declared() -> None:
    route = Route("a-1", "eth0", "10.99.0.0/16", "10.0.0.254")
    wanted = with_(desired(LAN), route)
    contested = replace(route, contested=True)
    found = plan(wanted, with_(wanted, contested))
    assert found.plan == ()
    assert "takes packets which the declared one shall get" in found.conflicts[0].message
    assert lines(desired(LAN), with_(desired(LAN), contested)) == [
        "remove  route 10.99.0.0/16 via 10.0.0.254 on a-1:eth0"
    ]


def test_nothing_is_joined_to_a_foreign_bridge() -> None:
    found = plan(desired(LAN), with_(State(), Interface(HUB, "lan", "bridge", owned=False)))
    assert [conflict.code for conflict in found.conflicts] == ["conflict"]
    assert found.plan == ()


def test_an_ipv6_address_of_another_length_makes_room_for_itself() -> None:
    before = replace(LAN, links=(on_bridge("a", "lan", "fd00::1/64"), LAN.links[1]))
    after = replace(LAN, links=(on_bridge("a", "lan", "fd00::1/80"), LAN.links[1]))
    assert lines(desired(after), desired(before)) == [
        "remove  address fd00::1/64 on a-1:eth0",
        "add     address fd00::1/80 on a-1:eth0",
    ]


def test_an_ifb_with_another_mac_is_made_anew() -> None:
    old, new = (Interface("a-1", "d0", "ifb", mac=f"02:00:00:00:00:0{n}") for n in (1, 2))
    verbs = [op.verb for op in plan(State.of([new]), State.of([old])).plan]
    assert verbs == ["remove", "add"]


LOST = PrefixRoute("a-1", "eth0", "10.0.0.0/24", src="10.0.0.1", there=False)


def test_what_the_kernel_makes_by_itself_is_neither_made_beforehand_nor_removed() -> None:
    wanted = desired(LAN)
    by_itself = [key for key in wanted.things if key[0] in ("prefix-route", "loopback")]
    assert by_itself
    assert lines(wanted, without(wanted, *by_itself)) == []
    undeclared = PrefixRoute("a-1", "eth0", "10.3.0.0/24", there=False)
    assert lines(wanted, with_(wanted, undeclared)) == []
    assert lines(State(), State.of([Loopback("a-1", up=False), LOST])) == []


def test_a_lost_route_of_a_prefix_comes_back_before_the_routes_by_its_gateways() -> None:
    wanted = desired(LAN)
    lost = replace(LOST, netns="b-1", src="10.0.0.2")
    harmed = with_(without(wanted, ("route", "b-1", "254", "0.0.0.0/0", "0")), lost)
    assert lines(wanted, harmed) == [
        "add     route 10.0.0.0/24 src 10.0.0.2 on b-1:eth0",
        "add     route default via 10.0.0.1 on b-1:eth0",
    ]


def test_a_lost_route_of_a_prefix_waits_where_somebodys_own_is_in_its_place() -> None:
    wanted = desired(LAN)
    other = Route("a-1", "eth7", "10.0.0.0/24", owned=False)
    found = plan(wanted, with_(wanted, LOST, other))
    assert found.plan == ()
    assert "neither ours nor the kernel's own" in found.conflicts[0].message
    assert plan(wanted, with_(wanted, other)) == ((), ())
