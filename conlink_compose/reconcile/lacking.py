"""What of a topology this machine's kernel cannot do: said before anything is touched. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.reconcile.override import Override
from conlink_compose.reconcile.qdisc import is_rate_alone
from conlink_compose.state.netem import NETEM, SEED
from conlink_compose.state.rule_table import PACKET_RULES, RULES_ADVICE
from conlink_compose.topology import Endpoint, Topology, Tunnel


def needed_qdiscs(topology: Topology, overrides: Iterable[Override] = ()) -> frozenset[str]:
    """What the topology asks of the kernel's queueing, and what is asked over it, by the names of
    `state.netem`."""
    found = [one for end in _emulated(topology) for one in end.netem]
    found += [one for override in overrides for one in override.netem or ()]
    seeds = (SEED,) if any(one.seed is not None for one in found) else ()
    return frozenset((NETEM, *seeds) if found else ())


def lacking(topology: Topology, missing: frozenset[str]) -> Iterator[Diagnostic]:
    """An error where something cannot be, a warning where it can be in part."""
    if PACKET_RULES in missing:
        yield from _without_rules(topology)
    for end in _emulated(topology) if missing else ():
        if why := cannot_be(end, missing):
            yield why
        elif SEED in missing and any(one.seed is not None for one in end.netem):
            yield _without_seed(_place(end))


def needed_rules(topology: Topology) -> frozenset[str]:
    """What `nat` and `forward` ask of the kernel."""
    return frozenset((PACKET_RULES,) if any(_translated(topology)) else ())


def _translated(topology: Topology) -> Iterator[tuple[str, Endpoint]]:
    for link in topology.links:
        yield from (("nat", end) for end in (link.near, link.far) if end and end.nat)
        yield from (("forward", link.near) for _ in link.forward[:1])


def _without_rules(topology: Topology) -> Iterator[Diagnostic]:
    for key, end in _translated(topology):
        yield Diagnostic(
            "kernel-lacks",
            f"this machine's kernel has no nf_tables with NAT, and {key} cannot be without it",
            end.place(key),
            RULES_ADVICE,
        )


def ends_of(topology: Topology) -> Iterator[Endpoint | Tunnel]:
    for link in topology.links:
        yield from (end for end in (link.near, link.far) if end)
    yield from topology.tunnels


def cannot_be(end: Endpoint | Tunnel, missing: frozenset[str]) -> Diagnostic | None:
    """Why this interface cannot be as it is declared."""
    if NETEM not in missing or not end.netem or is_rate_alone(end.netem):
        return None
    return _without_netem(_named(end), _place(end))


def _emulated(topology: Topology) -> Iterator[Endpoint | Tunnel]:
    yield from (end for end in ends_of(topology) if end.netem)


def _named(end: Endpoint | Tunnel) -> str:
    return f"the tunnel to {end.remote}" if isinstance(end, Tunnel) else f"{end.owner}:{end.dev}"


def _place(end: Endpoint | Tunnel) -> Span | None:
    return end.netem[0].span if isinstance(end, Tunnel) else end.place("netem")


def _without_netem(what: str, at: Span | None) -> Diagnostic:
    return Diagnostic(
        "kernel-lacks",
        f"this machine's kernel has no netem, and without it {what} cannot be as declared",
        at,
        "load its module (modprobe sch_netem), or leave nothing but `rate`: a tbf does that",
    )


def _without_seed(at: Span | None) -> Diagnostic:
    return Diagnostic(
        "kernel-lacks",
        "this machine's kernel takes no `seed` for netem: no two runs will lose the same frames",
        at,
        "Linux 6.6 or later can",
        Severity.WARNING,
    )
