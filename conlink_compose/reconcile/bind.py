"""Topology x running nodes -> the desired state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from conlink_compose import bridges, links
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.links import BoundLink
from conlink_compose.reconcile.endpoint import inside
from conlink_compose.reconcile.forwards import forwards
from conlink_compose.reconcile.host_sysctls import sysctls_of
from conlink_compose.reconcile.hub import Declared, Hub, all_bridges, hub_of, on_bridges
from conlink_compose.reconcile.lacking import cannot_be, ends_of, needed_qdiscs, needed_rules
from conlink_compose.reconcile.mac import stable_mac
from conlink_compose.reconcile.names import HubNames, hub_names
from conlink_compose.reconcile.override import Override
from conlink_compose.reconcile.room import admitted
from conlink_compose.replicas import numbered
from conlink_compose.state import (
    HUB,
    MACHINE,
    End,
    Interface,
    Key,
    Loopback,
    OvsBridge,
    Ready,
    Redirect,
    State,
    Thing,
)
from conlink_compose.topology import Endpoint, Link, Node, Owner, Topology


@dataclass(frozen=True, slots=True)
class Waiting:
    """A link one of whose nodes does not run yet; `node` is the one that does."""

    link: Link
    node: Node
    far_owner: Owner


@dataclass(frozen=True, slots=True)
class Binding:
    """The desired state, the links behind it, those that wait for a node, and why a node that runs
    gets none."""

    state: State
    bound: tuple[BoundLink, ...]
    waiting: tuple[Waiting, ...]
    names: HubNames
    refused: tuple[Diagnostic, ...] = ()


def bind(
    topology: Topology,
    nodes: Sequence[Node],
    missing: frozenset[str] = frozenset(),
    overrides: Mapping[End, Override] | None = None,
    machine: str = MACHINE,
) -> Binding:
    """What the kernel shall hold while `nodes` run, and no others, of a topology that
    `with_checksums` made one for this kernel.

    `missing` are the kinds of interface this kernel cannot make, and what of netem it lacks, of
    what `needed_kinds` names; `overrides` what is asked of some of them over what the files say;
    `machine` is the label of the machine's own namespace.
    """
    topology = bridges.with_mtus(topology)
    nodes, refused = admitted(topology, nodes)
    topology, nodes, impossible = _possible(topology, nodes, missing)
    refused = (*refused, *impossible)
    names = hub_names(topology, nodes)
    bound: list[BoundLink] = []
    waiting: list[Waiting] = []
    by_owner = _by_owner(topology, nodes)
    hub = hub_of(topology, names, missing, machine)
    for link in topology.links:
        for item in _bind_link(topology.project, link, by_owner, hub):
            (bound if isinstance(item, BoundLink) else waiting).append(item)  # type: ignore[arg-type]
    if overrides:
        bound = [_overridden(item, overrides) for item in bound]
    held_up = {wait.node.name for wait in waiting}
    things = _things(topology, nodes, bound, hub, held_up)
    if missing:
        things = ((_makeable(thing, missing), span) for thing, span in things)
    state = _state(things)
    return Binding(state, tuple(bound), tuple(waiting), names, refused)


def needed_kinds(topology: Topology) -> frozenset[str]:
    """The kinds of interface the topology asks of the kernel, and the features, beyond what each
    has."""
    used = {link.kind for link in topology.links}
    tunneled = frozenset(tunnel.kind for tunnel in topology.tunnels)
    joined = (bridges.mode(bridge.mode).needs(bridge) for bridge in topology.bridges)
    needed = tunneled.union(*(links.kind(name).NEEDS for name in used), *joined)
    return needed | needed_qdiscs(topology) | needed_rules(topology)


def on_machine(topology: Topology, nodes: Sequence[Node]) -> bool:
    """Whether a parent lies in the machine's own namespace."""
    with_parent = [link for link in topology.links if links.has_parent(link)]
    if not with_parent:
        return False
    names = hub_names(topology, nodes)
    return any(names.in_hub(link.outer or "") is None for link in with_parent)


def _possible(
    topology: Topology, nodes: Sequence[Node], missing: frozenset[str]
) -> tuple[Topology, Sequence[Node], tuple[Diagnostic, ...]]:
    """The tunnels that can be as they are declared, and the nodes all of whose links can; and why
    others cannot."""
    every = ends_of(topology) if missing else ()
    why = {end: told for end in every if (told := cannot_be(end, missing))}
    if not why:
        return topology, nodes, ()
    by_owner = _by_owner(topology, nodes)
    ends = (end for end in why if isinstance(end, Endpoint))
    none = {node.name for end in ends for node in by_owner.get(end.owner, {}).values()}
    tunnels_left = tuple(tunnel for tunnel in topology.tunnels if tunnel not in why)
    nodes = [node for node in nodes if node.name not in none]
    return replace(topology, tunnels=tunnels_left), nodes, tuple(dict.fromkeys(why.values()))


def foreseen_parents(desired: State) -> State:
    """The interfaces of the machine that are parents, as if each were there, and nothing else."""
    parents = {one.parent for one in desired.interfaces() if one.parent}
    there = (Interface(*end, "", up=True, owned=False) for end in sorted(parents))
    return State.of(one for one in there if one.netns == MACHINE)


def _by_owner(topology: Topology, nodes: Iterable[Node]) -> dict[Owner, dict[int, Node]]:
    """The running nodes of each owner by replica; a container's name finds its service's node, and
    that one is the first: what is said of one container is not counted up."""
    found: dict[Owner, dict[int, Node]] = {}
    for node in nodes:
        found.setdefault(node.owner, {})[node.replica] = node
        if node.owner.kind == "service":
            found[Owner("container", node.name)] = {1: node}
    aliases = topology.aliases().items()
    return found | {alias: found[owner] for alias, owner in aliases if owner in found}


def _bind_link(
    project: str,
    link: Link,
    by_owner: dict[Owner, dict[int, Node]],
    hub: Hub,
) -> Iterator[BoundLink | Waiting]:
    near_nodes = by_owner.get(link.near.owner, {})
    if link.far:
        yield from _bind_wire(project, link, link.far, near_nodes, by_owner)
        return
    master = hub.masters.get(link.bridge, "")
    stp, parent = link.bridge in hub.stp, _parent(link, hub)
    for replica, node in sorted(near_nodes.items()):
        outer = hub.names.outers.get((node.name, link.near.dev), "")
        end = _end(project, link.near, node, replica)
        yield BoundLink(
            link,
            node,
            end,
            outer=outer,
            master=master,
            over=hub.interfaces.get(link.bridge, ""),
            stp=stp,
            parent=parent,
            missing=hub.missing,
        )


def _parent(link: Link, hub: Hub) -> End | None:
    """What its `outer-dev` names: a bridge or an outer end in the hub, else an interface of the
    machine. The files alone decide, whatever else happens to lie in the hub."""
    if not links.has_parent(link):
        return None
    name = hub.names.in_hub(link.outer or "")
    return End(HUB, name) if name else End(hub.machine, link.outer or "")


def _bind_wire(
    project: str,
    link: Link,
    far: Endpoint,
    near_nodes: dict[int, Node],
    by_owner: dict[Owner, dict[int, Node]],
) -> Iterator[BoundLink | Waiting]:
    far_nodes = by_owner.get(far.owner, {})
    for replica in sorted(near_nodes.keys() | far_nodes.keys()):
        near_node, far_node = near_nodes.get(replica), far_nodes.get(replica)
        if near_node and far_node:
            near_end = _end(project, link.near, near_node, replica)
            far_end = _end(project, far, far_node, replica)
            yield BoundLink(link, near_node, near_end, far_node, far_end)
        elif near_node:
            yield Waiting(link, near_node, far.owner)
        elif far_node:
            yield Waiting(link, far_node, link.near.owner)


def _overridden(item: BoundLink, overrides: Mapping[End, Override]) -> BoundLink:
    near = overrides.get(End(item.near.name, item.near_end.dev))
    if near:
        item = replace(item, near_end=near.over(item.near_end))
    if item.far and item.far_end:
        far = overrides.get(End(item.far.name, item.far_end.dev))
        item = replace(item, far_end=far.over(item.far_end)) if far else item
    return item


def _end(project: str, endpoint: Endpoint, node: Node, replica: int) -> Endpoint:
    end = numbered(endpoint, replica)
    return end if end.mac else replace(end, mac=stable_mac(project, node.name, end.dev))


def _things(
    topology: Topology,
    nodes: Iterable[Node],
    bound: Sequence[BoundLink],
    hub: Hub,
    held_up: set[str],
) -> Iterator[Declared]:
    yield from all_bridges(topology, hub)
    for item in bound:
        yield from _things_of(item, hub.missing)
    yield from forwards(topology, bound)
    devs = (End(name, end.dev).key for item in bound for name, end in _ends(item))
    yield from sysctls_of(topology, nodes, devs)
    yield from on_bridges(topology, bound, hub)
    for node in nodes:
        yield Loopback(node.name), None
        if node.name not in held_up:
            yield Ready(node.name), None


def _things_of(bound: BoundLink, missing: frozenset[str]) -> Iterator[Declared]:
    mtus: dict[End, int | None] = {}
    for interface in links.kind(bound.link.kind).expand(bound):
        mtus[interface.end] = interface.mtu
        yield interface, bound.link.span
    for name, end in _ends(bound):
        yield from inside(name, end, mtus.get(End(name, end.dev)), missing)


def _ends(bound: BoundLink) -> Iterator[tuple[str, Endpoint]]:
    """Each with the name of its node."""
    for node, end in ((bound.near, bound.near_end), (bound.far, bound.far_end)):
        if node and end:
            yield node.name, end


def _makeable(thing: Thing, missing: frozenset[str]) -> Thing:
    """The same, and whether this kernel can."""
    if thing.asks in missing and isinstance(thing, Interface | OvsBridge | Redirect):
        return replace(thing, unmakeable=True)
    return thing


def _state(declared: Iterable[Declared]) -> State:
    things: dict[Key, Thing] = {}
    causes: dict[Key, Span | None] = {}
    for thing, span in declared:
        key = thing.key
        things[key] = thing
        causes[key] = span
    return State(things, causes)
