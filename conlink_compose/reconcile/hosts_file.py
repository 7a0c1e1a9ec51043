"""What the nodes' /etc/hosts say: the other nodes' names and addresses. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conlink_compose.links import BoundLink, has_parent
from conlink_compose.replicas import numbered
from conlink_compose.topology import Endpoint, IpInterface, Link, Owner, Service, Topology

LOCAL = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"


@dataclass(frozen=True, slots=True)
class _Entry:
    node: str
    domain: str
    address: IpInterface


@dataclass(frozen=True, slots=True)
class HostsFiles:
    """The file of each node ends with its own head and then what is common to all."""

    heads: dict[str, str]
    common: str


def hosts_files(topology: Topology) -> HostsFiles:
    """The whole files of the declared nodes.

    Every node knows every other by its own name, and by its service's. Where a node has
    several addresses, the ones on a wire or bridge shared with the reader come first: the
    reader reaches these without a router.
    """
    owners = dict(_owners(topology))
    aliases = {name: alias for service in topology.services for name, alias in _names(service)}
    files = _files(list(_entries(topology, owners)), aliases)
    return HostsFiles({node: LOCAL + files.heads.get(node, "") for node in aliases}, files.common)


def names_of(topology: Topology, links: Iterable[BoundLink]) -> HostsFiles:
    """The same of the nodes that run and are linked, without what an engine writes itself."""
    called = {one.owner: one.container_name for one in topology.services if one.container_name}
    links = list(links)
    nodes = {node for link in links for node in (link.near, link.far) if node}
    aliases = {
        node.name: tuple(
            dict.fromkeys((node.owner.name, node.name, called.get(node.owner, node.name)))
        )
        for node in nodes
    }
    files = _files(list(_entries_bound(links)), aliases)
    return HostsFiles({node: files.heads.get(node, "") for node in aliases}, files.common)


def _files(entries: list[_Entry], aliases: Mapping[str, tuple[str, ...]]) -> HostsFiles:
    near = _neighbours_with_a_choice(entries)
    heads = {node: "".join(_line(entry, aliases) for entry in near[node]) for node in near}
    return HostsFiles(heads, "".join(_line(entry, aliases) for entry in entries))


def _owners(topology: Topology) -> Iterator[tuple[Owner, tuple[str, ...]]]:
    """The nodes of each owner that a link may have, in the order of their replicas."""
    for service in topology.services:
        yield service.owner, service.node_names()
        for node in service.node_names() if service.owner.kind == "service" else ():
            yield Owner("container", node), (node,)
        if service.container_name:
            yield Owner("container", service.container_name), service.node_names()[:1]


def _names(service: Service) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each node's names; a service's own name leads to all its replicas, as in Compose."""
    for name in service.node_names():
        extra = (service.container_name,) if service.container_name else ()
        yield name, tuple(dict.fromkeys((service.owner.name, name, *extra)))


def _entries(topology: Topology, owners: Mapping[Owner, tuple[str, ...]]) -> Iterator[_Entry]:
    for number, link in enumerate(topology.links):
        for endpoint in (link.near, link.far):
            if endpoint:
                yield from _entries_of(number, link, endpoint, owners.get(endpoint.owner, ()))


def _entries_of(
    number: int, link: Link, endpoint: Endpoint, nodes: tuple[str, ...]
) -> Iterator[_Entry]:
    for replica, node in enumerate(nodes, 1):
        domain = _shared(link) or f"wire {number} {replica}"
        for address in numbered(endpoint, replica).addresses:
            yield _Entry(node, domain, address)


def _entries_bound(links: Iterable[BoundLink]) -> Iterator[_Entry]:
    for bound in links:
        domain = _shared(bound.link) or f"wire {bound.near.name}:{bound.near_end.dev}"
        for node, end in ((bound.near, bound.near_end), (bound.far, bound.far_end)):
            for address in end.addresses if node and end else ():
                assert node
                yield _Entry(node.name, domain, address)


def _shared(link: Link) -> str:
    """What it shares with others: a bridge, or a parent."""
    if has_parent(link):
        return f"parent {link.outer} {link.vlanid}"
    return f"bridge {link.bridge}" if link.bridge else ""


def _neighbours_with_a_choice(entries: list[_Entry]) -> dict[str, list[_Entry]]:
    """For each node the entries of several-homed others in its own broadcast domains."""
    domains: dict[str, set[str]] = {}
    members: dict[str, set[str]] = {}
    for entry in entries:
        domains.setdefault(entry.node, set()).add(entry.domain)
        members.setdefault(entry.domain, set()).add(entry.node)
    near: dict[str, list[_Entry]] = {}
    for entry in entries:
        if len(domains[entry.node]) > 1:
            for reader in members[entry.domain] - {entry.node}:
                near.setdefault(reader, []).append(entry)
    return near


def _line(entry: _Entry, aliases: Mapping[str, tuple[str, ...]]) -> str:
    return f"{entry.address.ip}\t{' '.join(aliases[entry.node])}\n"
