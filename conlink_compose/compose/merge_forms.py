"""The forms that one thing may have in a compose file, and which items of a list are the same."""

from __future__ import annotations

import itertools
from collections.abc import Hashable

from conlink_compose.compose import merge_rules as rules
from conlink_compose.diagnostics import Span
from conlink_compose.document.scalars import as_text
from conlink_compose.document.tree import List, Map, Value


def as_list(value: Value, at: Span) -> List:
    """`{A: 1, B: }` and `x` as `[A=1, B]` and `[x]`. A list is left as it is."""
    if isinstance(value, List):
        return value
    items = List(at)
    if not isinstance(value, Map):
        items.put(value, at)
        return items
    for key, item in value.items():
        if isinstance(item, List):
            for one in item:
                items.put(f"{key}={one}", value.keys_at[key])
        elif not isinstance(item, Map):
            text = key if item is None else f"{key}={as_text(item)}"
            items.put(text, value.values_at[key])
    return items


def as_map(value: Value) -> Value:
    """`[a, b]` as `{a: , b: }`. What is no list of names is left as it is."""
    if not isinstance(value, List) or not all(isinstance(item, str) for item in value):
        return value
    pairs = Map(value.span)
    for name, at in zip(value, value.values_at, strict=True):
        pairs.put(str(name), None, at, at)
    return pairs


def without_repeats(items: List, path: tuple[str, ...]) -> List:
    """Of items that are one for Compose, the last, at the first one's position."""
    if not _is_unique(path):
        return items
    chosen: dict[Hashable, tuple[Value, Span]] = {}
    counter = itertools.count()
    for value, at in zip(items, items.values_at, strict=True):
        name = _identity(value, path)
        chosen[next(counter) if name is None else name] = (value, at)
    unique = List(items.span)
    for value, at in chosen.values():
        unique.put(value, at)
    return unique


def _is_unique(path: tuple[str, ...]) -> bool:
    kinds = (rules.BY_NAME, rules.BY_ITEM, tuple(rules.BY_TARGET), rules.BY_PORT)
    return any(rules.matches(path, kind) for kind in kinds)


def _identity(value: Value, path: tuple[str, ...]) -> Hashable | None:
    """What tells an item from the others; None for one that is never a repeat."""
    if rules.matches(path, rules.BY_PORT):
        return _port(value)
    if rules.matches(path, tuple(rules.BY_TARGET)):
        return _target(value, path[-1])
    if isinstance(value, Map | List):
        return None
    text = as_text(value)
    return ("item", text.partition("=")[0] if rules.matches(path, rules.BY_NAME) else text)


_FOLDERS = {"configs": "/", "secrets": "/run/secrets/"}


def _target(value: Value, key: str) -> Hashable | None:
    if isinstance(value, Map):
        target = value.get("target")
        if target is None and key in _FOLDERS:
            target = value.get("source")
        return ("target", _in_folder(key, target)) if isinstance(target, str) else None
    if not isinstance(value, str):
        return None
    if key in _FOLDERS:
        return ("target", _in_folder(key, value))
    parts = value.split(":")
    return ("target", parts[1] if len(parts) > 1 else parts[0])


def _in_folder(key: str, target: str) -> str:
    return target if target.startswith("/") else _FOLDERS.get(key, "") + target


def _port(value: Value) -> Hashable | None:
    """Address, published port, target and protocol: what Compose tells ports apart by."""
    if isinstance(value, Map):
        keys = ("host_ip", "published", "target", "protocol")
        parts = [value.get(key) for key in keys]
        if any(isinstance(part, Map | List) for part in parts):
            return None
        host, published, target, protocol = (as_text(part) for part in parts)  # type: ignore[arg-type]
        return ("port", host, published, target, protocol or "tcp")
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    text, _, protocol = str(value).partition("/")
    before, _, target = text.rpartition(":")
    host, _, published = before.rpartition(":")
    return ("port", host, published, target, protocol or "tcp")
