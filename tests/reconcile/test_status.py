"""What `ps` shows of a link follows what the kernel holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.plan import plan
from conlink_compose.reconcile.status import status
from conlink_compose.runtime import report
from conlink_compose.runtime.controller import Outcome, View
from conlink_compose.state import HUB, OVS_DATAPATH, Interface, OvsPort, Qdisc, Route, State, Tbf
from conlink_compose.state import Netem as KernelNetem
from conlink_compose.topology import Bridge, Vlan
from tests.reconcile.declared import (
    all_nodes,
    default_route,
    on_bridge,
    route,
    service,
    topology,
)

LAN = replace(
    topology(on_bridge("a", "lan", "10.0.0.1/24"), services=(service("a"),)),
    bridges=(Bridge("lan", "linux", stp=True),),
)
BOUND = bind(LAN, all_nodes(LAN))


def seen(near_up: bool = True, held: str | None = None, carrier: bool = True) -> State:
    """All as it is desired, but for this."""
    things = dict(BOUND.state.things)
    for key, thing in things.items():
        if isinstance(thing, Interface) and thing.kind == "veth":
            changed = (
                replace(thing, held=held)
                if thing.netns == HUB
                else replace(thing, up=near_up, carrier=carrier)
            )
            things[key] = changed
    return State(things)


@pytest.mark.parametrize(
    ("actual", "state"),
    [
        (seen(), "up"),
        (seen(near_up=False), "down"),
        (seen(near_up=False, held="listening"), "down"),
        (seen(held="listening"), "listening"),
        (seen(held="blocking"), "blocking"),
        (seen(carrier=False), "no carrier"),
        (seen(near_up=False, carrier=False), "down"),
        (State(), "missing"),
    ],
)
def test_the_state_of_an_interface(actual: State, state: str) -> None:
    (node,) = status(all_nodes(LAN), BOUND, actual)
    assert [interface.state for interface in node.interfaces] == [state]
    assert node.interfaces[0].peer == "bridge lan"


@pytest.mark.parametrize(
    ("missing", "port", "words", "state"),
    [
        ((), {}, "bridge lan (ovs) vlan 10", "up"),
        ((OVS_DATAPATH,), {}, "bridge lan (ovs, userspace) vlan 10", "up"),
        ((), {"held": "learning"}, "bridge lan (ovs) vlan 10", "learning"),
        ((), {"works": False}, "bridge lan (ovs) vlan 10", "disabled"),
        ((), None, "bridge lan (ovs)", "disabled"),
    ],
)
def test_a_link_to_an_open_vswitch(
    missing: tuple[str, ...], port: dict[str, object] | None, words: str, state: str
) -> None:
    """`port` is what is seen of its port otherwise than desired; None for no port at all."""
    declared = replace(
        topology(on_bridge("a", "lan"), services=(service("a"),)),
        bridges=(Bridge("lan", "ovs", vlan_filtering=True),),
    )
    declared = replace(declared, links=(replace(declared.links[0], vlan=Vlan(10)),))
    binding = bind(declared, all_nodes(declared), frozenset(missing))
    actual = {
        key: replace(thing, **port or {}) if isinstance(thing, OvsPort) else thing  # type: ignore[arg-type]
        for key, thing in binding.state.things.items()
        if port is not None or not isinstance(thing, OvsPort)
    }
    (node,) = status(all_nodes(declared), binding, State(actual))
    assert [(one.peer, one.state) for one in node.interfaces] == [(words, state)]


@pytest.mark.parametrize(
    ("held", "up", "settled"),
    [
        (None, 1, True),
        ("listening", 0, False),
        ("learning", 0, False),
        ("blocking", 1, True),
        ("disabled", 0, True),
    ],
)
def test_a_link_on_its_way_through_spanning_tree_does_not_stand_yet(
    held: str | None, up: int, settled: bool
) -> None:
    actual = seen(held=held)
    view = View(LAN, tuple(all_nodes(LAN)), BOUND, actual, plan(BOUND.state, actual))
    told = report.progress(Outcome(view))
    assert (told["links"], told["up"], told["settled"]) == (1, up, settled)


def test_the_routes_of_an_interface_are_those_that_we_made() -> None:
    near = on_bridge(
        "a",
        "lan",
        "10.0.0.1/24",
        "fd00::1/64",
        routes=(
            default_route("10.0.0.254"),
            default_route("fd00::ff"),
            route("10.9.0.0/16", "10.0.0.9", metric=7, table=100),
        ),
    )
    lan = topology(near, services=(service("a"),), bridges=("lan",))
    bound = bind(lan, all_nodes(lan))
    foreign = Route("a-1", "eth0", "10.7.0.0/16", owned=False)
    actual = State({**bound.state.things, foreign.key: foreign})
    (node,) = status(all_nodes(lan), bound, actual)
    assert sorted(node.interfaces[0].routes) == [
        "10.9.0.0/16 via 10.0.0.9 metric 7 table 100",
        "default via 10.0.0.254",
        "default via fd00::ff",
    ]


def test_what_an_interface_suffers_is_what_the_kernel_holds() -> None:
    stages = (KernelNetem(delay=20_000_000, limit=21_000, seed=5), KernelNetem(rate=1_250_000))
    qdisc = Qdisc("a-1", "eth0", stages)
    (node,) = status(all_nodes(LAN), BOUND, State({**seen().things, qdisc.key: qdisc}))
    (found,) = node.interfaces
    assert found.impaired == "delay 20ms, rate 10mbit"
    assert found.netem == (
        "netem delay 20ms limit 21000 seed 5",
        "netem rate 10mbit limit 1000",
    )


def test_that_a_tbf_stands_for_netem_is_said() -> None:
    qdisc = Qdisc("a-1", "eth0", (Tbf(125_000, 2048, 1_518_000),))
    (node,) = status(all_nodes(LAN), BOUND, State({**seen().things, qdisc.key: qdisc}))
    assert node.interfaces[0].impaired == "rate 1mbit (tbf)"
    assert node.interfaces[0].netem == ("tbf rate 1mbit burst 2048b limit 1518000b",)
