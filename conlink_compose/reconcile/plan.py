"""(desired, actual) -> the operations that lead from the one to the other, in order. Pure.

Add before you remove. Touch nothing that does not bear our mark. A foreign object that is
just as desired is left as it is; one that stands in the way is a conflict, said and left.
No object is known here by its type: what differs between them, each says itself (`state/`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.reconcile.order import in_order
from conlink_compose.state import HUB, Interface, Key, Operation, Plan, State, Thing


class Planned(NamedTuple):
    """What is to be done, and what stands in the way of the rest."""

    plan: Plan
    conflicts: tuple[Diagnostic, ...]

    @property
    def on_links(self) -> Plan:
        """What is to be done apart from marks: what `plan` shows a user."""
        return tuple(op for op in self.plan if not op.thing.IS_MARK)


def plan(desired: State, actual: State) -> Planned:
    """Nothing to do and no conflict: the kernel holds what is desired."""
    conflicts = dict(_conflicts(desired, actual))
    blocked = _blocked(desired, conflicts.keys())
    replaced = _replaced(desired, actual) - blocked
    doomed = _with_what_lies_on(_doomed(desired, actual) | replaced, actual)
    operations = [
        *_removals(desired, actual, doomed, replaced),
        *_additions(desired, actual, doomed, blocked),
    ]
    operations += _readiness(desired, actual, operations, blocked)
    return Planned(in_order(operations), tuple(conflicts.values()))


def _conflicts(desired: State, actual: State) -> Iterator[tuple[Key, Diagnostic]]:
    for key, thing in desired.things.items():
        found = actual.things.get(key)
        conflict = thing.conflict(found, actual.things) if found else None
        conflict = conflict or thing.lacks(desired.things, actual.things)
        if conflict:
            span = desired.causes.get(key)
            yield key, Diagnostic("conflict", conflict.message, span, conflict.advice)


def _blocked(desired: State, conflicts: Iterable[Key]) -> frozenset[Key]:
    """All that cannot be while a conflict stands: the object itself, and what is tied to it."""
    stuck = set(conflicts)
    spreads = bool(stuck)
    while spreads:  # from a bridge to its ports, and from a veth's one end to the other
        tied = {t.key for t in desired if stuck & (t.needs | t.ends_with)} - stuck
        stuck |= tied
        spreads = bool(tied)
    return frozenset(stuck)


def _replaced(desired: State, actual: State) -> frozenset[Key]:
    """Owned objects that cannot be changed into the desired ones, and what lies on these."""
    found: set[Key] = set()
    for key, thing in desired.things.items():
        now = actual.things.get(key)
        if now and now.owned and thing.is_made_anew(now):
            found |= {key, *now.ends_with}
    return frozenset(found)


def _with_what_lies_on(found: frozenset[Key], actual: State) -> frozenset[Key]:
    """The kernel removes with an interface what has it as its parent."""
    on = [one for one in actual.interfaces() if one.parent and one.owned]
    while more := {one.key for one in on if one.parent and one.parent.key in found} - found:
        found |= more
    return found


def _doomed(desired: State, actual: State) -> frozenset[Key]:
    """Owned objects that are no longer declared, and what ends with them: a veth dies with either
    of its ends. A mark stays, and what the kernel makes by itself goes by itself."""
    found = set()
    for key, now in actual.things.items():
        if now.owned and key not in desired.things and not (now.IS_MARK or now.comes_by_itself):
            found |= {key, *now.ends_with}
    return frozenset(found)


def _removals(
    desired: State, actual: State, doomed: frozenset[Key], replaced: frozenset[Key]
) -> Iterator[Operation]:
    """What dies with its interface or with its peer is not removed by itself."""
    dying: set[Key] = set()
    for key, now in actual.things.items():
        if key not in doomed or key in dying or now.lies_on in doomed:
            continue
        dying |= now.ends_with
        cause = "goes with its parent" if key in desired.things else "is no longer declared"
        yield Operation("remove", now, "is replaced" if key in replaced else cause)


def _additions(
    desired: State, actual: State, doomed: frozenset[Key], blocked: frozenset[Key]
) -> Iterator[Operation]:
    made_with_other: set[Key] = set()
    causes = desired.causes
    for key, thing in desired.things.items():
        if thing.IS_MARK or key in made_with_other or (blocked and key in blocked):
            continue
        goes = doomed and (key in doomed or thing.lies_on in doomed or thing.about in doomed)
        now = None if goes else actual.things.get(key)
        if now is None:
            if thing.comes_by_itself:
                continue  # it comes with what it belongs to
            other = _other_end(thing, desired)
            if other:
                made_with_other.add(other.key)
            yield Operation("add", thing, "is declared", causes.get(key), other=other)
        elif lost := thing.is_lost(now):
            yield Operation("add", lost, "the kernel's own is gone", causes.get(key))
        elif changes := ", ".join(thing.differences(now)):
            yield Operation("change", thing, changes, causes.get(key), before=now)


def _other_end(thing: Thing, desired: State) -> Interface | None:
    return next(filter(None, map(desired.interface, thing.ends_with)), None)


def _readiness(
    desired: State, actual: State, operations: list[Operation], blocked: frozenset[Key]
) -> Iterator[Operation]:
    """A node is ready when nothing in it is left to do: seen in the kernel, not assumed."""
    busy: set[str] = set()
    left = [desired.things[key] for key in blocked]
    left += [thing for operation in operations for thing in operation.touched]
    for thing in left:
        if thing.IS_WAITED_FOR:
            busy.update(_labels(thing, desired))
    for key, thing in desired.things.items():
        if thing.IS_MARK and key not in actual.things and thing.netns not in busy:
            yield Operation("add", thing, "has all its links")


def _labels(thing: Thing, desired: State) -> Sequence[str]:
    """The namespaces it stands in, or in which something stands that it is tied to: what is about
    an outer end is also the affair of the node at the other."""
    if thing.netns != HUB and thing.lies_on:
        return (thing.netns,)
    end = desired.things.get(thing.about) if thing.about and thing.netns == HUB else None
    tied = (*thing.needs, *thing.ends_with, *(end.ends_with if end else ()))
    return (thing.netns, *(key[1] for key in tied))
