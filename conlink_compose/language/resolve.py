"""A document to a `Topology`, or everything that is wrong with it.

The way of a link: a *declaration* is an item of a `links` list, with the block it stands in and
how strong its file is (`declarations`). It is cut into *layers*, each what it says about one
interface: a wire gives two (`layers`). Layers of the same interface, from all files, are laid
over each other, key by key, and give a *merged end*, its values still unread. Reading them
(`links`, `values/`) makes it a *read end*, and one or two of these a *read link*, in which each
value knows its place. The checks between links (`checks/`) ask those; what they let pass becomes
a `topology.Link` with its `Endpoint`s. What is so for one kind of link or one mode of bridge only,
`conlink_compose.links` and `conlink_compose.bridges` say.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from conlink_compose import links as kinds
from conlink_compose.diagnostics import Diagnostic, Span, has_errors
from conlink_compose.language import schema
from conlink_compose.language.auto import choose_addresses
from conlink_compose.language.bridges import ReadBridge, read_bridges, with_filtering
from conlink_compose.language.checks.addresses import check_domains, check_numbering
from conlink_compose.language.checks.forwarding import check_forwarding
from conlink_compose.language.checks.interfaces import (
    check_containers,
    check_destinations,
    check_engine_networks,
    check_forwards,
    check_hub_names,
    check_ports,
    check_room,
    check_wires,
)
from conlink_compose.language.checks.mtus import check_mtus
from conlink_compose.language.checks.nats import check_nats, check_ways
from conlink_compose.language.checks.parents import check_parents
from conlink_compose.language.checks.routes import check_routes
from conlink_compose.language.checks.subnets import check_subnets
from conlink_compose.language.checks.sysctls import check_sysctls
from conlink_compose.language.commands import read_commands
from conlink_compose.language.declarations import Declarations
from conlink_compose.language.fields import RefusedPaths
from conlink_compose.language.layers import EndKey, LayerReader, MergedEnd, doubt, merge
from conlink_compose.language.links import ReadLink, read_links
from conlink_compose.language.project import read_project, read_runtime
from conlink_compose.language.report import Report
from conlink_compose.language.tunnels import check_joined, check_way_out, read_tunnels
from conlink_compose.topology import Topology, Tunnel

if TYPE_CHECKING:
    from conlink_compose.compose.load import Document


def resolve(document: Document) -> tuple[Topology | None, list[Diagnostic]]:
    """The topology, and warnings; or None, and every mistake that `schema.check` does not tell.

    What `schema.check` refuses is passed over in silence, and gives None too.
    """
    report = Report(document.sources)
    refused = RefusedPaths(schema.refused_paths(document))
    # Everything made here lives on; the collector's looking through it costs 0.3 s at 5,000 links.
    collecting = gc.isenabled()
    gc.disable()
    try:
        topology = _Resolving(document, report, refused).topology()
    finally:
        if collecting:
            gc.enable()
    if refused or has_errors(report.diagnostics):
        return None, report.diagnostics
    return topology, report.diagnostics


class _Resolving:
    """One document on its way."""

    def __init__(self, document: Document, report: Report, refused: RefusedPaths) -> None:
        self._tree = document.tree
        self._report = report
        self._refused = refused
        self._declarations = Declarations(document.tree, document.file_order, refused)
        self._project = read_project(report, document, refused)
        self._layers = LayerReader(report, self._project, refused)
        self._all_active = len(document.services) == len(document.names)

    def topology(self) -> Topology:
        tree, report, project = self._tree, self._report, self._project
        links = list(read_links(report, project, self._ends(), schema.link_schema()))
        tunnels = read_tunnels(report, tree, schema.definition("tunnel"), self._refused)
        used = _used(links, tunnels)
        bridge_schema = schema.definition("bridge")
        bridges = read_bridges(report, self._declarations, tree, used, bridge_schema)
        choose_addresses(report, links, bridges)
        self._check(links, tunnels, bridges)
        commands = tuple(read_commands(report, self._declarations, project))
        if not self._layers.partial and not self._layers.all_partial:
            check_forwarding(report, project, links, commands)
            if self._all_active:
                check_ways(report, project, links, commands)
            check_sysctls(report, project, tree, [end for one in links for end in one.ends])
        runtime = read_runtime(tree, project.runtime, self._refused)
        check_way_out(report, tunnels, runtime)
        topology = Topology(
            project.name,
            tuple(member.service for member in project.members.values()),
            tuple(link.link() for link in links),
            tuple(with_filtering(read.bridge, links) for read in bridges.values()),
            tuple(tunnels),
            commands,
            runtime,
        )
        check_mtus(report, topology)
        if self._all_active and not self._refused and not has_errors(report.diagnostics):
            check_joined(report, tunnels, links)  # of what was not read, one may lead there
        return topology

    def _ends(self) -> dict[EndKey, MergedEnd]:
        """The ends of all links, in the order of the files."""
        report, project = self._report, self._project
        declarations = self._declarations.listed("links", project.runtime)
        layers = (layer for one in declarations for layer in self._layers.layers_of(one))
        ends = merge(report, layers)
        if self._layers.all_partial:
            doubt(ends.values())
        check_containers(report, project, ends)
        check_wires(report, ends)
        check_engine_networks(report, project, ends.values())
        return ends

    def _check(
        self, links: Sequence[ReadLink], tunnels: Sequence[Tunnel], bridges: dict[str, ReadBridge]
    ) -> None:
        report, layers = self._report, self._layers
        check_numbering(report, links, bridges)
        check_domains(report, links)
        check_subnets(report, links, bridges)
        check_routes(report, self._project, links, layers.partial, layers.all_partial)
        check_nats(report, links)
        check_hub_names(report, links, bridges)
        check_forwards(report, links)
        check_destinations(report, links)
        check_ports(report, links, bridges)
        check_parents(report, links, bridges)
        # An end that could not be read would be missing in the count.
        if not layers.partial and not layers.all_partial:
            check_room(report, links, tunnels, bridges)


def _used(links: Sequence[ReadLink], tunnels: Sequence[Tunnel]) -> Iterator[tuple[str, Span]]:
    """The bridges that links and tunnels lead to, and where that is said."""
    for link in links:
        if link.bridge and kinds.rules(link.kind).joins:
            yield link.bridge, link.near.place("bridge")
    for tunnel in tunnels:
        if tunnel.span:
            yield tunnel.bridge, tunnel.span
