"""The document as plain data in which every key and value knows its place.

Containers are real dicts and lists, so that a schema validator, `json` and a merge see
nothing unusual; scalars are plain str, int, float, bool and None. The place of a scalar is
kept by the container that holds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from conlink_compose.diagnostics import Span

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Map | List | Scalar"


class Map(dict[str, Value]):
    """A mapping. `keys_at` and `values_at` hold the place of each key and of its value."""

    __slots__ = ("keys_at", "span", "values_at")

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span
        self.keys_at: dict[str, Span] = {}
        self.values_at: dict[str, Span] = {}

    def put(self, key: str, value: Value, key_at: Span, value_at: Span) -> None:
        self[key] = value
        self.keys_at[key] = key_at
        self.values_at[key] = value_at

    def take(self, key: str, other: Map) -> None:
        """Put what `other` holds at `key`, with its places."""
        self.put(key, other[key], other.keys_at[key], other.values_at[key])

    def only(self, keys: Iterable[str]) -> Map:
        """A new map of the pairs at `keys`, in that order."""
        part = Map(self.span)
        for key in keys:
            part.take(key, self)
        return part

    def replaced(self, values: Mapping[str, Value]) -> Map:
        """A new map with `values` where this one has others. All of their keys are in it."""
        changed = Map(self.span)
        changed.update(self)
        changed.keys_at.update(self.keys_at)
        changed.values_at.update(self.values_at)
        changed.update(values)
        return changed


class List(list[Value]):
    """A sequence. `values_at` holds the place of each value."""

    __slots__ = ("span", "values_at")

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span
        self.values_at: list[Span] = []

    def put(self, value: Value, value_at: Span) -> None:
        self.append(value)
        self.values_at.append(value_at)

    def placed(self) -> Iterable[tuple[Value, Span]]:
        """Each value with its place."""
        return zip(self, self.values_at, strict=True)


def place_of(root: Map | List, path: Sequence[str | int]) -> Span:
    """The place of the value at `path`, or of the innermost container that is on the way."""
    at: Span = root.span
    value: Value = root
    for step in path:
        if isinstance(value, Map) and step in value:
            at, value = value.values_at[str(step)], value[str(step)]
        elif isinstance(value, List) and isinstance(step, int) and step < len(value):
            at, value = value.values_at[step], value[step]
        else:
            break
    return at


def place_within(at: Span, source_text: str, words: str) -> Span:
    """The first stretch of `at` that reads `words`; the whole of `at` where there is none.

    There is none where the words came from a variable, an escape or several lines.
    """
    if at.line != at.end_line or not words:
        return at
    line = source_text.split("\n", at.line)[at.line - 1] if source_text else ""
    found = line.find(words, at.column - 1, at.end_column - 1)
    if found < 0:
        return at
    return at._replace(column=found + 1, end_column=found + 1 + len(words))
