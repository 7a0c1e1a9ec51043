"""A document to a `Topology`, or everything that is wrong with it.

The way of a link: `entries` (which list it stands in), `pieces` (which interface it means),
`drafts` (all files together), `ends` and `links` (read), and then the checks between links.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from conlink_compose.diagnostics import Diagnostic, Span, has_errors
from conlink_compose.language import schema
from conlink_compose.language.auto import choose_addresses
from conlink_compose.language.bridges import ReadBridge, read_bridges
from conlink_compose.language.checks.domains import check_domains
from conlink_compose.language.checks.engine_networks import check_engine_networks
from conlink_compose.language.checks.hub import (
    check_ends,
    check_forwards,
    check_hub_names,
    check_parents,
    check_ports,
)
from conlink_compose.language.checks.numbering import check_numbering
from conlink_compose.language.checks.reachability import check_routes
from conlink_compose.language.commands import read_commands
from conlink_compose.language.drafts import merge
from conlink_compose.language.entries import Walk
from conlink_compose.language.fields import Faults
from conlink_compose.language.links import ReadLink, read_links
from conlink_compose.language.nats import check_nats
from conlink_compose.language.notes import Notes
from conlink_compose.language.pieces import Pieces
from conlink_compose.language.project import read_project
from conlink_compose.language.runtime import read_runtime
from conlink_compose.language.tunnels import read_tunnels
from conlink_compose.topology import Topology, Tunnel

if TYPE_CHECKING:
    from conlink_compose.compose.load import Document


def resolve(document: Document) -> tuple[Topology | None, list[Diagnostic]]:
    """The topology, and warnings; or None, and every mistake that `schema.check` does not tell.

    What `schema.check` refuses is passed over in silence, and gives None too.
    """
    notes = Notes(document.sources)
    faults = Faults(schema.faults(document))
    # Everything made here lives on; the collector's looking through it costs 0.3 s at 5,000 links.
    collecting = gc.isenabled()
    gc.disable()
    try:
        topology = _Resolving(document, notes, faults).topology()
    finally:
        if collecting:
            gc.enable()
    if faults or has_errors(notes.diagnostics):
        return None, notes.diagnostics
    return topology, notes.diagnostics


class _Resolving:
    """One document on its way."""

    def __init__(self, document: Document, notes: Notes, faults: Faults) -> None:
        self._document = document
        self._notes = notes
        self._faults = faults
        self._walk = Walk(document.tree, document.file_order, faults)
        self._project = read_project(notes, document)

    def topology(self) -> Topology:
        tree, notes, project = self._document.tree, self._notes, self._project
        pieces = Pieces(notes, project, self._faults)
        entries = self._walk.entries("links", project.runtime)
        drafts = merge(notes, project, (piece for entry in entries for piece in pieces.of(entry)))
        check_engine_networks(notes, project, drafts.values())
        link_schema = schema.link_schema()
        links = list(read_links(notes, project, drafts, link_schema))
        tunnels = read_tunnels(notes, tree, schema.definition("tunnel"), self._faults)
        bridges = self._bridges(links, tunnels)
        choose_addresses(notes, links, bridges)
        self._check(links, tunnels, bridges, pieces)
        return Topology(
            project.name,
            tuple(member.service for member in project.members.values()),
            tuple(link.link() for link in links),
            tuple(read.bridge for read in bridges.values()),
            tuple(tunnels),
            tuple(read_commands(notes, self._walk, project)),
            read_runtime(tree, project.runtime, self._faults),
        )

    def _bridges(
        self, links: Sequence[ReadLink], tunnels: Sequence[Tunnel]
    ) -> dict[str, ReadBridge]:
        used = _used(links, tunnels)
        bridge_schema: dict[str, Any] = schema.definition("bridge")
        return read_bridges(self._notes, self._walk, self._document.tree, used, bridge_schema)

    def _check(
        self,
        links: Sequence[ReadLink],
        tunnels: Sequence[Tunnel],
        bridges: dict[str, ReadBridge],
        pieces: Pieces,
    ) -> None:
        notes = self._notes
        check_numbering(notes, links, bridges)
        check_domains(notes, links)
        check_routes(notes, self._project, links, pieces.partial, pieces.all_partial)
        check_nats(notes, links)
        check_hub_names(notes, links, bridges)
        check_forwards(notes, links)
        check_ports(notes, links, bridges)
        check_parents(notes, links, bridges)
        # An end that could not be read would be missing in the count.
        if not pieces.partial and not pieces.all_partial:
            check_ends(notes, links, tunnels, bridges)


def _used(links: Sequence[ReadLink], tunnels: Sequence[Tunnel]) -> Iterator[tuple[str, Span]]:
    for link in links:
        if link.bridge and link.kind == "veth":
            yield link.bridge, link.near.place("bridge")
    for tunnel in tunnels:
        if tunnel.span:
            yield tunnel.bridge, tunnel.span
