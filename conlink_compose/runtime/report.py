"""What the runtime tells a client about the network, as plain data for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TypeVar

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.reconcile.hub_status import hub_status
from conlink_compose.reconcile.operation_json import as_dict
from conlink_compose.reconcile.status import NodeWiring, status
from conlink_compose.runtime.controller import Outcome, View
from conlink_compose.state import HUB

T = TypeVar("T")

Report = dict[str, object]

_ON_THE_WAY = ("listening", "learning")
"""Twice the bridge's forward delay, 30 seconds with the kernel's own (IEEE 802.1D)."""

NOTHING_YET: Report = {
    "links": 0,
    "up": 0,
    "nodes": 0,
    "ready": 0,
    "settled": False,
    "problems": [],
}


def progress(outcome: Outcome) -> Report:
    """How far it is. `links` counts what is declared, replicas counted; `up` what stands of that.

    `settled`: nothing is left to do for the nodes that run, and none of their links is on its way
    through spanning tree to where packets pass.
    """
    view = outcome.view
    nodes = status(view.nodes, view.binding, view.actual)
    replicas = {service.owner: service.replicas for service in view.topology.services}
    ready = {node.name for node in nodes if node.ready}
    return {
        "links": view.topology.link_count(),
        "up": _links_up(view, nodes),
        "nodes": view.topology.node_count(),
        "ready": _at_most(replicas, (node.owner for node in view.nodes if node.name in ready)),
        "settled": outcome.settled and not _in_state(nodes, *_ON_THE_WAY),
        "problems": [problem.as_dict() for problem in outcome.problems],
    }


def is_whole(progress: Report) -> bool:
    """Every declared link carries packets, and nothing is left to do."""
    linked = progress["up"] == progress["links"] and progress["settled"]
    return bool(linked and not progress["problems"])


def pass_failed(error: Exception) -> Diagnostic:
    """A pass that could not be ended, and is tried again."""
    return Diagnostic("pass-failed", f"the network could not be looked at: {error}")


def no_progress(last: Report, problem: Diagnostic) -> Report:
    """What was last known, and that it is not settled."""
    return {**last, "settled": False, "problems": [problem.as_dict()]}


def network(view: View) -> Report:
    """Every node with its interfaces, as it is in the kernel now; last the hub with its tunnels."""
    nodes = status(view.nodes, view.binding, view.actual)
    owners = {node.name: [*node.owner] for node in view.nodes}
    if hub := hub_status(view.topology, view.binding, view.actual):
        nodes, owners[HUB] = (*nodes, hub), ["host", HUB]
    return {
        "nodes": [{**asdict(node), "owner": owners[node.name]} for node in nodes],
        "problems": [problem.as_dict() for problem in view.problems],
    }


def planned(view: View) -> Report:
    """What `conlink-compose plan` shows: the operations, and what stands in the way."""
    return {
        "operations": [as_dict(operation) for operation in view.planned.on_links],
        "problems": [problem.as_dict() for problem in view.problems],
    }


def _links_up(view: View, nodes: tuple[NodeWiring, ...]) -> int:
    """Links all of whose interfaces are there, in their node or in both, and carry packets."""
    lacking = _in_state(nodes, "missing", "disabled", *_ON_THE_WAY)
    up = (
        bound.link.near
        for bound in view.binding.bound
        if (bound.near.name, bound.near_end.dev) not in lacking
    )
    replicas = {service.owner: service.replicas for service in view.topology.services}
    most = {link.near: replicas.get(link.near.owner, 1) for link in view.topology.links}
    return _at_most(most, up)


def _at_most(most: Mapping[T, int], found: Iterable[T]) -> int:
    """How many of each there are, but no more than are declared: one beyond that does not make up
    for another. Which numbers the replicas have is Compose's affair."""
    return sum(min(count, most.get(one, 0)) for one, count in Counter(found).items())


def _in_state(nodes: tuple[NodeWiring, ...], *states: str) -> set[tuple[str, str]]:
    """(node, interface) of those in one of the states."""
    return {
        (node.name, interface.name)
        for node in nodes
        for interface in node.interfaces
        if interface.state in states
    }
