from __future__ import annotations

from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.plan import Planned
from conlink_compose.runtime.controller import Outcome, View
from conlink_compose.runtime.report import progress
from conlink_compose.topology import Node, Owner
from tests.reconcile.declared import on_bridge, service, topology


def test_replicas_count_whatever_their_numbers_but_none_makes_up_for_another_service() -> None:
    """Compose keeps the containers it likes when it scales down, such as 6, 9 and 14 of 30."""
    declared = topology(
        on_bridge("web", "lan", "10.0.0.10/24"),
        on_bridge("db", "lan", "10.0.0.1/24"),
        services=(service("web", 2), service("db")),
        bridges=("lan",),
    )
    web = tuple(Node(f"web-{n}", Owner("service", "web"), n) for n in (6, 9, 14))

    def told(*nodes: Node) -> tuple[object, object]:
        binding = bind(declared, nodes)
        view = View(declared, nodes, binding, binding.state, Planned((), ()))
        found = progress(Outcome(view))
        return found["up"], found["ready"]

    assert told(*web) == (2, 2)
    assert told(*web, Node("db-1", Owner("service", "db"), 1)) == (3, 3)
