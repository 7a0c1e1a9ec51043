"""`<<`: the pairs of other maps in this one. What a map says itself wins, then the first named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.tree import List, Map, Value


@dataclass(slots=True)
class Budget:
    """How many pairs may still be merged in this file."""

    left: int


def apply(box: Map, merges: Sequence[tuple[Value, Span]], budget: Budget) -> Iterator[Diagnostic]:
    """Put what `merges` name into `box`. Each pair keeps the place where it was written."""
    for value, at in merges:
        if isinstance(value, Map):
            yield from _merge(box, value, at, budget)
        elif isinstance(value, List) and type(value) is List:
            for item, item_at in value.placed():
                if isinstance(item, Map):
                    yield from _merge(box, item, item_at, budget)
                else:
                    yield _not_a_map(item_at)
        else:
            yield _not_a_map(at)


def _merge(box: Map, source: Map, at: Span, budget: Budget) -> Iterator[Diagnostic]:
    budget.left -= len(source)
    if budget.left < 0:
        yield Diagnostic("alias-bomb", "the `<<` up to here merge more than 1,000,000 values", at)
        return
    for key in source:
        if key not in box:
            box.take(key, source)


def _not_a_map(at: Span) -> Diagnostic:
    advice = "name the anchor of a map: `<<: *name`, or several: `<<: [*a, *b]`"
    return Diagnostic("bad-merge-key", "`<<` takes a map or a list of maps", at, advice)
