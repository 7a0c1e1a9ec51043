"""What the sysctls of hosts say of forwarding. The kernel tells who turns that, and so it is kept;
others it lets anybody turn unheard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conlink_compose import state
from conlink_compose.diagnostics import Span
from conlink_compose.linux.sysctls import forwarding
from conlink_compose.topology import Node, Topology


def host_forwarding(topology: Topology) -> dict[str, dict[int, bool]]:
    """By the name of each host that says something of it, and by family."""
    hosts = (one for one in topology.services if one.owner.kind == "host" and one.sysctls)
    said = {host.owner.name: forwarding(host.sysctls) for host in hosts}
    return {name: found for name, found in said.items() if found}


def forwarding_of(
    topology: Topology, nodes: Iterable[Node]
) -> Iterator[tuple[state.Thing, Span | None]]:
    """Of the hosts among `nodes`."""
    said = host_forwarding(topology)
    spans = {one.owner.name: one.span for one in topology.services}
    for node in nodes if said else ():
        if node.owner.kind == "host":
            for family, on in said.get(node.name, {}).items():
                yield state.Forwarding(node.name, family, on), spans[node.name]
