"""What is bound once stays, and what is otherwise is bound anew."""

from __future__ import annotations

from dataclasses import replace

from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.binder import Binder
from conlink_compose.reconcile.override import Override
from conlink_compose.state import MACHINE, End
from conlink_compose.topology import Life
from tests.reconcile.declared import on_bridge, service
from tests.reconcile.declared import topology as declared

NOTHING: frozenset[str] = frozenset()


def test_it_is_bound_once_until_something_is_otherwise() -> None:
    topology = declared(
        on_bridge("n", "lan", "10.0.0.1/24"), services=(service("n", 2),), bridges=("lan",)
    )
    nodes = tuple(topology.foreseen())
    binder = Binder()
    first = binder.bind(topology, nodes, NOTHING, {}, MACHINE)
    assert first == bind(topology, nodes)
    assert binder.bind(replace(topology), tuple(topology.foreseen()), NOTHING, {}, MACHINE) is first

    reborn = (replace(nodes[0], life=Life("2", "/elsewhere")), nodes[1])
    down = {End(nodes[0].name, "eth0"): Override(up=False)}
    for given in (
        (replace(topology, links=()), nodes, NOTHING, {}, MACHINE),
        (topology, nodes[:1], NOTHING, {}, MACHINE),
        (topology, reborn, NOTHING, {}, MACHINE),
        (topology, nodes, frozenset({"bridge"}), {}, MACHINE),
        (topology, nodes, NOTHING, down, MACHINE),
        (topology, nodes, NOTHING, {}, "elsewhere"),
    ):
        assert binder.bind(*given) is not first
        assert binder.bind(*given) == bind(*given)
        binder.bind(topology, nodes, NOTHING, {}, MACHINE)
