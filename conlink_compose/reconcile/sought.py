"""Where a look at the kernel has to look for what few networks have. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from conlink_compose.state import HUB
from conlink_compose.state.sought import NOTHING, Sought
from conlink_compose.topology import Node, Owner, Topology


def sought(topology: Topology, nodes: Sequence[Node]) -> Sought:
    """Of the nodes that run. It is asked before each look, and does nothing for most networks."""
    ends = [end for link in topology.links for end in (link.near, link.far) if end]
    translating = {end.owner for end in ends if end.nat}
    hub = frozenset((HUB,)) if any(link.forward for link in topology.links) else frozenset()
    if not translating and not hub:
        return NOTHING
    aliases = topology.aliases()
    owners = {aliases.get(owner, owner) for owner in translating}
    rules = {node.name for node in nodes if not owners.isdisjoint(_owners_of(node))}
    return Sought(hub | rules)


def _owners_of(node: Node) -> tuple[Owner, Owner]:
    """The node is meant by its service, or alone by its own name."""
    return node.owner, Owner("container", node.name)
