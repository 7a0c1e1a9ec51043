"""(desired, actual) -> the operations that lead from the one to the other, in order. Pure.

Add before you remove. Touch nothing that does not bear our mark. A foreign object that is
just as desired is left as it is; one that stands in the way is a conflict, said and left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.reconcile.compare import differences
from conlink_compose.reconcile.order import in_order
from conlink_compose.state import (
    BY_ITSELF,
    Address,
    Interface,
    Key,
    Operation,
    Plan,
    PrefixRoute,
    Ready,
    Route,
    State,
    Thing,
)

IPV6_PREFIX_METRIC = 256
"""Of the routes that the kernel makes for IPv6 prefixes (IP6_RT_PRIO_ADDRCONF); of IPv4's it is 0.
"""


class Planned(NamedTuple):
    """What is to be done, and what stands in the way of the rest."""

    plan: Plan
    conflicts: tuple[Diagnostic, ...]

    @property
    def on_links(self) -> Plan:
        """What is to be done apart from marks: what `plan` shows a user."""
        return tuple(op for op in self.plan if not isinstance(op.thing, Ready))


def plan(desired: State, actual: State) -> Planned:
    """Nothing to do and no conflict: the kernel holds what is desired."""
    conflicts = dict(_conflicts(desired, actual))
    blocked = _blocked(desired, conflicts.keys())
    replaced = _replaced(desired, actual) - blocked
    doomed = _doomed(desired, actual) | replaced
    operations = [
        *_removals(actual, doomed, replaced),
        *_additions(desired, actual, doomed, blocked),
    ]
    operations += _readiness(desired, actual, operations, blocked)
    return Planned(in_order(operations), tuple(conflicts.values()))


def _conflicts(desired: State, actual: State) -> Iterator[tuple[Key, Diagnostic]]:
    for key, thing in desired.things.items():
        found = actual.things.get(key)
        contested = isinstance(found, Route) and found.contested
        if found and (contested or (not found.owned and differences(found, thing))):
            yield key, _conflict(thing, found, desired)
        elif isinstance(found, PrefixRoute) and _is_taken(found, actual):
            yield key, _taken(found, desired)


def _is_taken(lost: PrefixRoute, actual: State) -> bool:
    """Somebody's own route stands where the kernel's was: it takes its packets in any case."""
    metric = IPV6_PREFIX_METRIC if ":" in lost.to else 0
    if lost.there:
        return False
    found = actual.things.get(Route(lost.netns, "", lost.to, metric=metric).key)
    return found is not None and not found.owned


def _taken(lost: PrefixRoute, desired: State) -> Diagnostic:
    where = f"{lost.netns}:{lost.interface}"
    message = f"{lost.netns} has a route to {lost.to} that is neither ours nor the kernel's own"
    advice = f"remove it, and that of {where} is put back: ip route delete {lost.to}"
    return Diagnostic("conflict", message, desired.causes.get(lost.key), advice)


def _conflict(thing: Thing, found: Thing, desired: State) -> Diagnostic:
    if isinstance(thing, Interface) and isinstance(found, Interface):
        what = f"interface {thing.name}"
        kind = f" (kind {found.kind})" if found.kind else ""
        message = (
            f"{thing.netns} already has an {what}{kind} that is not ours, and it is left alone"
        )
        advice = f"choose another name, or remove it: ip link delete {thing.name}"
    else:
        assert isinstance(thing, Route)
        message = f"{thing.netns} already has a route to {thing.to} that is not ours"
        if found.owned:
            message += ", and it takes packets which the declared one shall get"
        advice = "give the declared route another metric or table, or remove the other"
    return Diagnostic("conflict", message, desired.causes.get(thing.key), advice)


def _blocked(desired: State, conflicts: Iterable[Key]) -> frozenset[Key]:
    """All that cannot be while a conflict stands: the object itself, and what is tied to it."""
    stuck = set(conflicts)
    spreads = bool(stuck)
    while spreads:  # from a bridge to its ports, and from a veth's one end to the other
        tied = {t.key for t in desired if stuck & _needs(t)} - stuck
        stuck |= tied
        spreads = bool(tied)
    return frozenset(stuck)


def _needs(thing: Thing) -> set[Key]:
    """The objects without which it cannot be."""
    if isinstance(thing, Interface):
        master = {("interface", thing.netns, thing.master)} if thing.master else set()
        return master | _pair_of(thing)
    carrier = _carrier(thing)
    return {carrier} if carrier else set()


def _carrier(thing: Thing) -> Key | None:
    """The interface an address or a route lies on."""
    if isinstance(thing, Address | Route | PrefixRoute):
        return ("interface", thing.netns, thing.interface)
    return None


def _replaced(desired: State, actual: State) -> frozenset[Key]:
    """Owned interfaces that cannot be changed into the desired ones: of another kind, or whose
    other end lies elsewhere, as after the fast restart of a node."""
    found = set()
    for key, thing in desired.things.items():
        now = actual.things.get(key)
        if isinstance(thing, Interface) and isinstance(now, Interface) and now.owned:
            other_peer = thing.peer is not None and now.peer != thing.peer
            if now.kind != thing.kind or other_peer or _is_fixed(now, thing):
                found |= {key, *_pair_of(now)}
    return frozenset(found)


def _is_fixed(now: Interface, wanted: Interface) -> bool:
    """An ifb keeps the MAC it was made with: it has no ndo_set_mac_address."""
    return now.kind == "ifb" and wanted.mac is not None and now.mac != wanted.mac


def _doomed(desired: State, actual: State) -> frozenset[Key]:
    """Owned objects that are no longer declared. A veth dies with either of its ends.

    A mark stays: a node that was ready has started, and lost links do not undo that. What the
    kernel makes by itself goes by itself.
    """
    found = set()
    for key, now in actual.things.items():
        if now.owned and key not in desired.things and not isinstance(now, (Ready, *BY_ITSELF)):
            found.add(key)
            if isinstance(now, Interface):
                found |= _pair_of(now)
    return frozenset(found)


def _pair_of(interface: Interface) -> set[Key]:
    return {("interface", *interface.peer)} if interface.peer else set()


def _removals(
    actual: State, doomed: frozenset[Key], replaced: frozenset[Key]
) -> Iterator[Operation]:
    """What dies with its interface or with its peer is not removed by itself."""
    dying: set[Key] = set()
    for key, now in actual.things.items():
        if key not in doomed or key in dying or _carrier(now) in doomed:
            continue
        if isinstance(now, Interface):
            dying |= _pair_of(now)
        cause = "is replaced" if key in replaced else "is no longer declared"
        yield Operation("remove", now, cause)


def _additions(
    desired: State, actual: State, doomed: frozenset[Key], blocked: frozenset[Key]
) -> Iterator[Operation]:
    made_with_peer: set[Key] = set()
    for key, thing in desired.things.items():
        if key in blocked or key in made_with_peer or isinstance(thing, Ready):
            continue
        now = None if key in doomed or _carrier(thing) in doomed else actual.things.get(key)
        span = desired.causes.get(key)
        if isinstance(thing, BY_ITSELF) and now is None:
            continue  # it comes with what it belongs to
        if isinstance(now, PrefixRoute):
            if not now.there:
                yield Operation("add", replace(now, there=True), "the kernel's own is gone", span)
        elif now is None:
            other = _other_end(thing, desired)
            made_with_peer.add(other.key if other else key)
            yield Operation("add", thing, "is declared", span, other=other)
        elif changes := differences(now, thing):
            yield Operation("change", thing, changes, span, before=now)


def _other_end(thing: Thing, desired: State) -> Interface | None:
    if isinstance(thing, Interface) and thing.peer:
        other = desired.things[("interface", *thing.peer)]
        assert isinstance(other, Interface)
        return other
    return None


def _readiness(
    desired: State, actual: State, operations: list[Operation], blocked: frozenset[Key]
) -> Iterator[Operation]:
    """A node is ready when nothing in it is left to do: seen in the kernel, not assumed."""
    busy = {key[1] for key in blocked}
    for key in blocked:
        thing = desired.things[key]
        busy |= {pair[1] for pair in _needs(thing)}
    for operation in operations:
        busy.add(operation.thing.netns)
        for other in (operation.other, operation.thing):
            if isinstance(other, Interface):
                busy.add(other.netns)
                busy.add(other.peer.netns if other.peer else other.netns)
    for key, thing in desired.things.items():
        if isinstance(thing, Ready) and key not in actual.things and thing.netns not in busy:
            yield Operation("add", thing, "has all its links")
