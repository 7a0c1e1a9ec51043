"""What of a topology this version cannot bring up: said before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose import links
from conlink_compose.diagnostics import Diagnostic
from conlink_compose.reconcile.bind import bind
from conlink_compose.state import MACHINE, OUT_OF_REACH, Interface, Thing
from conlink_compose.topology import Link, Topology


def unsupported(topology: Topology) -> Iterator[Diagnostic]:
    """One diagnostic a link that is understood but cannot be brought up."""
    for link in topology.links:
        yield from dict.fromkeys(_link(link))  # both ends of a wire may say the same, at one place


def impossible(
    topology: Topology, missing: frozenset[str], *, reaches_machine: bool
) -> Iterator[Diagnostic]:
    """One diagnostic a place that asks for one of the `missing`, or a link whose parent is an
    interface of the machine where that is out of reach."""
    if not missing and not any(links.has_parent(link) for link in topology.links):
        return
    machine = MACHINE if reaches_machine else OUT_OF_REACH
    desired = bind(topology, tuple(topology.foreseen()), missing, machine=machine)
    told: set[object] = set()
    for one in desired.state:
        at = desired.state.causes[one.key]
        cannot = one.asks in missing or _is_out_of_reach(one)
        why = one.lacks(desired.state.things, {}) if cannot else None
        if why and at not in told:  # by the first of its replicas
            told.add(at)
            yield Diagnostic("impossible-here", why.message, at, why.advice)


def _is_out_of_reach(one: Thing) -> bool:
    return (
        isinstance(one, Interface) and one.parent is not None and one.parent.netns == OUT_OF_REACH
    )


def _link(link: Link) -> Iterator[Diagnostic]:
    yield from links.kind(link.kind).check(link)
