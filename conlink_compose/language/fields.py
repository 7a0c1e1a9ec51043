"""The fields of a map: each value with the places of its key and of itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias

from conlink_compose.diagnostics import Span
from conlink_compose.document.scalars import is_true
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.language.report import Report
from conlink_compose.language.schema_errors import described
from conlink_compose.topology import Places

Path: TypeAlias = tuple[str | int, ...]


class Field(NamedTuple):
    """`refused` tells that the schema has already complained about it."""

    value: Value
    key_at: Span
    at: Span
    refused: bool = False


Fields: TypeAlias = dict[str, Field]


class Part(NamedTuple):
    """One key of a value that may be words or a map, as netem; `text` is its value."""

    key: str
    text: str
    at: Span


class RefusedPaths:
    """What the schema has already complained about."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._exact = frozenset(paths)
        self._prefixes = frozenset(
            path[:length] for path in self._exact for length in range(1, len(path) + 1)
        )

    def __bool__(self) -> bool:
        return bool(self._exact)

    def at(self, path: Path) -> bool:
        """Whether the value itself is refused, or lacks or has a key too many."""
        return path in self._exact

    def below(self, path: Path) -> bool:
        """Whether the value or anything in it is refused."""
        return path in self._prefixes


NONE_REFUSED = RefusedPaths(())


def fields_of(item: Map, path: Path = (), refused: RefusedPaths = NONE_REFUSED) -> Fields:
    """The keys of `item`, which stands at `path`.

    Inside a field that is read only if no part of it is refused, no path is needed.
    """
    keys_at, values_at = item.keys_at, item.values_at
    if not refused:
        return {key: Field(value, keys_at[key], values_at[key]) for key, value in item.items()}
    return {
        key: _field((*path, key), value, keys_at[key], values_at[key], refused)
        for key, value in item.items()
    }


def _field(path: Path, value: Value, key_at: Span, at: Span, refused: RefusedPaths) -> Field:
    """Of a list, the items that are not refused are read all the same."""
    if not refused.below(path):
        return Field(value, key_at, at)
    if not isinstance(value, List) or refused.at(path):
        return Field(value, key_at, at, refused=True)
    good = List(value.span)
    for number, (one, one_at) in enumerate(zip(value, value.values_at, strict=True)):
        if not refused.below((*path, number)):
            good.put(one, one_at)
    return Field(good, key_at, at)


def places_of(fields: Fields) -> Places:
    return tuple((key, field.at) for key, field in fields.items())


def texts(field: Field) -> list[tuple[str, Span]]:
    """A text, or a list of texts, each with its place. Nothing of a refused field."""
    if field.refused:
        return []
    return [(str(value), at) for value, at in items(field)]


def items(field: Field) -> list[tuple[Value, Span]]:
    """The items of a list, or the single value that stands for a list of one."""
    if isinstance(field.value, List):
        return list(zip(field.value, field.value.values_at, strict=True))
    return [(field.value, field.at)]


def text(fields: Fields, key: str) -> str | None:
    """The text at `key`; None where there is none, or a refused one."""
    field = fields.get(key)
    return str(field.value) if field and not field.refused else None


def flag(fields: Fields, key: str) -> bool | None:
    field = fields.get(key)
    return is_true(field.value) if field and not field.refused else None


def whole(report: Report, fields: Fields, key: str, schema: dict[str, Any]) -> int | None:
    """The whole number at `key`, from a number or a text of digits, within the schema's limits."""
    field = fields.get(key)
    if field is None or field.refused:
        return None
    if isinstance(field.value, int):
        return field.value
    value, limits = str(field.value), schema["properties"][key]
    if value.isdecimal() and limits["minimum"] <= int(value) <= limits["maximum"]:
        return int(value)
    takes = limits["errorMessage"]
    code = "bad-value" if value.isdecimal() else "wrong-type"
    report.error(code, field.at, f"{key} {takes}; this is {described(field.value)}")
    return None
