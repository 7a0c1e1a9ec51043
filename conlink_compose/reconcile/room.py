"""Replicas beyond the declared ones: each is linked as the others are, where there is room for it.

The numbers of the declared ones were checked when the files were read. Others run after `--scale`
with a file that knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.links import has_parent, rules
from conlink_compose.replicas import forward_of, numbered
from conlink_compose.topology import Endpoint, Link, Node, Owner, Topology

Number = tuple[Hashable, str]
"""A broadcast domain, and an address or a MAC in it."""

End = tuple[Link, Endpoint]


def admitted(
    topology: Topology, nodes: Sequence[Node]
) -> tuple[Sequence[Node], tuple[Diagnostic, ...]]:
    """The nodes that get their links, and why others get none."""
    declared = {service.owner: service.replicas for service in topology.services}
    more = [node for node in nodes if node.replica > declared.get(node.owner, node.replica)]
    if not more:
        return nodes, ()
    ends = _ends(topology)
    taken = _taken(ends, declared)
    refused: dict[Node, Diagnostic] = {}
    for node in sorted(more, key=lambda node: (node.replica, node.name)):
        try:
            wanted = list(_numbers(ends[node.owner], node.replica))
            _check(wanted, taken)
        except ValueError as why:
            refused[node] = _refusal(node, str(why), declared[node.owner])
        else:
            taken.update(dict.fromkeys(wanted, node.name))
    return [node for node in nodes if node not in refused], tuple(refused.values())


def _ends(topology: Topology) -> dict[Owner, list[End]]:
    aliases = topology.aliases()
    ends: dict[Owner, list[End]] = {service.owner: [] for service in topology.services}
    for link in topology.links:
        for end in (link.near, link.far):
            if end:
                ends.setdefault(aliases.get(end.owner, end.owner), []).append((link, end))
    return ends


def _taken(ends: dict[Owner, list[End]], declared: dict[Owner, int]) -> dict[Number, str]:
    """Who has, or shall have, which number: all declared replicas, running or not."""
    return {
        number: owner.name
        for owner, replicas in declared.items()
        for replica in range(1, replicas + 1)
        for number in _numbers(ends[owner], replica)
    }


def _numbers(ends: Iterable[End], replica: int) -> Iterator[Number]:
    """What the replica needs for itself. Raises ValueError where a number leaves its room."""
    for link, end in ends:
        yield from _numbers_of(link, numbered(end, replica), replica)


def _numbers_of(link: Link, end: Endpoint, replica: int) -> Iterator[Number]:
    for forward in link.forward:
        yield "outside", f"{forward_of(forward, replica).outer}/{forward.protocol}"
    if unlike := rules(link.kind).unlike:
        yield ("parent", link.outer), f"{unlike} {getattr(link, unlike)} of {link.outer}"
    domain = _domain(link)
    if domain is None:
        return
    for address in end.addresses:
        yield domain, str(address.ip)
    if end.mac:
        yield domain, end.mac


def _domain(link: Link) -> Hashable | None:
    """A bridge, or an access VLAN of it; a parent interface. A wire and a dummy are their own."""
    if has_parent(link):
        return "parent", link.outer, link.vlanid
    if link.bridge:
        return link.bridge, link.vlan and (link.vlan.access or link.vlan.native)
    return None


def _check(wanted: list[Number], taken: dict[Number, str]) -> None:
    for number in wanted:
        if number in taken:
            raise ValueError(f"{number[1]} is taken by {taken[number]}")


def _refusal(node: Node, why: str, declared: int) -> Diagnostic:
    count = f"{declared} replica is" if declared == 1 else f"{declared} replicas are"
    return Diagnostic(
        "no-room",
        f"{node.name} gets no links: {why}, and {count} declared",
        help="declare as many replicas as shall run, and the files are checked for room",
    )
