"""Where a look at the kernel has to look for what few networks have. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from conlink_compose.reconcile.host_sysctls import host_sysctls
from conlink_compose.state import HUB, Forwarding, Sysctl
from conlink_compose.state.sought import NOTHING, Sought
from conlink_compose.topology import Endpoint, Node, Owner, Topology


def sought(topology: Topology, nodes: Sequence[Node]) -> Sought:
    """Of the nodes that run. It is asked before each look, and does nothing for most networks."""
    ends = [end for link in topology.links for end in (link.near, link.far) if end]
    ends = [end for end in ends if end.nat or end.ethtool]
    hub = frozenset((HUB,)) if any(link.forward for link in topology.links) else frozenset()
    of_hosts = [thing for thing, _ in host_sysctls(topology)]
    if not ends and not hub and not of_hosts:
        return NOTHING
    by_owner = _by_owner(ends, topology.aliases())
    of_node = {node.name: _ends_of(node, by_owner) for node in nodes}
    rules = {name for name, found in of_node.items() if any(end.nat for end in found)}
    features = {name: _features(found) for name, found in of_node.items()}
    forwarding = {one.netns for one in of_hosts if isinstance(one, Forwarding)}
    sysctls: dict[str, list[str]] = {}
    for one in of_hosts:
        if isinstance(one, Sysctl):
            sysctls.setdefault(one.netns, []).append(one.path)
    return Sought(hub | rules, features, hub | forwarding, sysctls)


def _by_owner(
    ends: Iterable[Endpoint], aliases: Mapping[Owner, Owner]
) -> Mapping[Owner, list[Endpoint]]:
    found: dict[Owner, list[Endpoint]] = {}
    for end in ends:
        found.setdefault(aliases.get(end.owner, end.owner), []).append(end)
    return found


def _ends_of(node: Node, by_owner: Mapping[Owner, list[Endpoint]]) -> list[Endpoint]:
    """The node is meant by its service, or alone by its own name."""
    alone = by_owner.get(Owner("container", node.name), ())
    return [*by_owner.get(node.owner, ()), *(alone if node.owner.kind != "container" else ())]


def _features(ends: Iterable[Endpoint]) -> dict[str, tuple[str, ...]]:
    return {end.dev: tuple(name for name, _ in end.ethtool) for end in ends if end.ethtool}
