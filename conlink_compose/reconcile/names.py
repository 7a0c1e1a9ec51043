"""Names in the hub: of the bridges, the tunnels, and the veths' outer ends."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conlink_compose import links, tunnels
from conlink_compose.bridges import ovs
from conlink_compose.topology import LONGEST_DEV, Node, Owner, Topology, Tunnel

_DIGEST = 5


@dataclass(frozen=True, slots=True)
class HubNames:
    """`bridges` by declared name; `outers` by (node name, dev); `tunnels` in the order of the
    files."""

    bridges: Mapping[str, str]
    outers: Mapping[tuple[str, str], str]
    tunnels: tuple[str, ...] = ()

    def in_hub(self, name: str) -> str | None:
        """The hub's name of the bridge or the outer end that a file calls `name`."""
        if name in self.bridges:
            return self.bridges[name]
        return name if name in self.outers.values() else None


def hub_names(topology: Topology, nodes: Iterable[Node]) -> HubNames:
    """Every name there is to give, for the declared nodes and the running ones.

    A name hangs on what is declared, not on who happens to run: it stays when nodes come
    and go. What a user chose (`outer-dev`) is given out first, then the bridges.
    """
    known = _nodes_of(topology, nodes)
    wanted: dict[tuple[str, str], str] = {}
    chosen: dict[tuple[str, str], str] = {}
    for link in topology.links:
        if link.far or not links.rules(link.kind).joins:
            continue
        for node, stem in known.get(link.near.owner, {}).items():
            key = (node, link.near.dev)
            if link.outer:
                chosen[key] = link.outer
            else:
                wanted[key] = f"{stem}-{link.near.dev}"
    taken = {"lo", *chosen.values()}
    if any(bridge.mode == "ovs" for bridge in topology.bridges):
        taken |= ovs.OWN
    bridges = {bridge.name: _take(bridge.name, taken) for bridge in topology.bridges}
    outers = {key: _take(wanted[key], taken) for key in sorted(wanted)}
    return HubNames(bridges, chosen | outers, _tunnels(topology.tunnels, taken))


def _tunnels(declared: Sequence[Tunnel], taken: set[str]) -> tuple[str, ...]:
    """Several of one number differ in what is in their names too, so that each keeps its own
    whichever of them goes."""
    stems = Counter(map(tunnels.stem, declared))
    wanted = {
        tunnel: name if stems[name := tunnels.stem(tunnel)] == 1 else f"{name}-{_tail(tunnel)}"
        for tunnel in declared
    }
    return tuple(_take(wanted[tunnel], taken) for tunnel in declared)


def _tail(tunnel: Tunnel) -> str:
    return f"{tunnel.remote}-{tunnels.port_of(tunnel)}".replace(":", "_")


def _nodes_of(topology: Topology, nodes: Iterable[Node]) -> dict[Owner, dict[str, str]]:
    """The node names of each owner, with the stem of its outer names."""
    known: dict[Owner, dict[str, str]] = {}
    for service in topology.services:
        for replica, name in enumerate(service.node_names(), 1):
            known.setdefault(service.owner, {})[name] = _stem(service.owner, replica)
    declared = {service.owner for service in topology.services}
    for node in (node for node in nodes if node.owner in declared):
        known.setdefault(node.owner, {})[node.name] = _stem(node.owner, node.replica)
    by_name = {
        Owner("container", name): {name: stem}
        for owner, named in known.items()
        if owner.kind == "service"
        for name, stem in named.items()
    }
    return known | by_name | {alias: known[owner] for alias, owner in topology.aliases().items()}


def _stem(owner: Owner, replica: int) -> str:
    return f"{owner.name}_{replica}" if owner.kind == "service" else owner.name


def _take(wanted: str, taken: set[str]) -> str:
    """`wanted` if it fits and is free, else its beginning and a digest; kept in `taken`."""
    name, attempt = wanted, 0
    while len(name.encode()) > LONGEST_DEV or name in taken:
        digest = hashlib.sha256(f"{wanted}\0{attempt}".encode()).hexdigest()[:_DIGEST]
        name, attempt = f"{_head(wanted)}~{digest}", attempt + 1
    taken.add(name)
    return name


def _head(wanted: str) -> str:
    """As much of `wanted` as leaves room for a digest; never half a character."""
    return wanted.encode()[: LONGEST_DEV - _DIGEST - 1].decode(errors="ignore")
