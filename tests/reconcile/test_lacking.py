"""A kernel without netem, or without its seed: said before anything is touched."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from conlink_compose.diagnostics import Severity
from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.lacking import lacking, needed_qdiscs
from conlink_compose.state import Qdisc, Tbf
from conlink_compose.state.netem import NETEM, SEED
from conlink_compose.topology import Netem, Topology, Tunnel
from tests.reconcile.declared import all_nodes, endpoint, on_bridge, service, topology, wire

NONE = frozenset({NETEM, SEED})


def lan(*netem: Netem) -> Topology:
    return topology(
        on_bridge("a", "lan", netem=netem),
        on_bridge("b", "lan"),
        services=(service("a", 2), service("b")),
        bridges=("lan",),
    )


def test_who_declares_none_asks_for_none() -> None:
    assert needed_qdiscs(lan()) == frozenset()
    assert list(lacking(lan(), NONE)) == []


@pytest.mark.parametrize(
    ("netem", "needed"),
    [(Netem(delay=1), {NETEM}), (Netem(rate=1, seed=0), {NETEM, SEED})],
)
def test_what_is_asked_of_the_kernel(netem: Netem, needed: set[str]) -> None:
    assert needed_qdiscs(lan(netem)) == needed


def test_no_node_that_needs_it_gets_a_link_and_the_others_do() -> None:
    declared = lan(Netem(delay=1))
    (told,) = lacking(declared, NONE)
    assert told.severity is Severity.ERROR
    assert "has no netem, and without it a:eth0 cannot be as declared" in told.message
    bound = bind(declared, all_nodes(declared), NONE)
    assert bound.refused == (told,)
    assert {one.netns for one in bound.state.interfaces()} == {"b-1", "(hub)"}


def test_a_wire_without_its_one_end_waits() -> None:
    ends = endpoint("a"), endpoint("b", netem=(Netem(loss=1),))
    declared = topology(wire(*ends), services=(service("a"), service("b")))
    bound = bind(declared, all_nodes(declared), NONE)
    assert [one.node.name for one in bound.waiting] == ["a-1"]
    assert len(bound.refused) == 1


def test_a_rate_alone_is_brought_up() -> None:
    declared = lan(Netem(rate=1_000_000))
    assert list(lacking(declared, NONE)) == []
    bound = bind(declared, all_nodes(declared), NONE)
    kinds = {thing.kind_name for thing in bound.state if isinstance(thing, Qdisc)}
    assert (bound.refused, kinds) == ((), {"tbf"})


def test_a_seed_is_left_out_with_a_warning() -> None:
    declared = lan(Netem(loss=1, seed=42))
    (told,) = lacking(declared, frozenset({SEED}))
    assert told.severity is Severity.WARNING
    assert "takes no `seed`" in told.message
    assert bind(declared, all_nodes(declared), frozenset({SEED})).refused == ()


def test_a_tunnel_is_looked_at_too() -> None:
    tunnel = Tunnel("vxlan", "lan", ip_address("192.0.2.1"), 7, netem=(Netem(delay=1),))
    declared = Topology("lab", tunnels=(tunnel,))
    assert needed_qdiscs(declared) == {NETEM}
    (told,) = lacking(declared, NONE)
    assert "the tunnel to 192.0.2.1" in told.message


def test_a_tbf_lets_the_largest_frame_of_the_wire_through() -> None:
    """An end that names no MTU follows the other."""
    near = endpoint("a", netem=(Netem(rate=8000),))
    declared = topology(wire(near, endpoint("b", mtu=9000)), services=(service("a"), service("b")))
    state = bind(declared, all_nodes(declared), NONE).state
    assert state.things["qdisc", "a-1", "eth0"] == Qdisc("a-1", "eth0", (Tbf(1000, 9216, 9018000),))
