"""Which keys of a compose file merge in a way of their own, the forms that one thing may have
in it, and which items of a list are the same. Source: compose-go 2, `override`.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence
from typing import Final

from conlink_compose.diagnostics import Span
from conlink_compose.document.scalars import Reset, as_text
from conlink_compose.document.tree import List, Map, Value

REPLACED: Final = (
    "services.*.command",
    "services.*.entrypoint",
    "services.*.healthcheck.test",
)
"""The later file's value stands alone."""

REPLACED_BY_OTHER_FORM: Final = ("services.*.ulimits.*",)
"""The later file's value stands alone where one is a map and the other a single value."""

AS_LIST: Final = (
    "services.*.annotations",
    "services.*.build.additional_contexts",
    "services.*.build.args",
    "services.*.build.labels",
    "services.*.build.extra_hosts",
    "services.*.deploy.labels",
    "services.*.dns",
    "services.*.dns_opt",
    "services.*.dns_search",
    "services.*.env_file",
    "services.*.environment",
    "services.*.extra_hosts",
    "services.*.label_file",
    "services.*.labels",
    "services.*.sysctls",
    "services.*.tmpfs",
    "networks.*.labels",
    "x-conlink.hosts.*.sysctls",
    "volumes.*.labels",
)
"""A map, a list and a single text are forms of one thing."""

BUILD: Final = ("services.*.build",)
"""A text is short for a map with `context`."""

DEPENDS: Final = ("services.*.depends_on",)
NAMED: Final = ("services.*.networks", "services.*.build.ssh")
"""A list of names is short for a map of them."""

BY_NAME: Final = (
    "services.*.annotations",
    "services.*.build.args",
    "services.*.build.labels",
    "services.*.cap_add",
    "services.*.cap_drop",
    "services.*.deploy.labels",
    "services.*.dns",
    "services.*.dns_opt",
    "services.*.dns_search",
    "services.*.environment",
    "services.*.labels",
    "services.*.links",
    "services.*.profiles",
    "services.*.sysctls",
    "services.*.tmpfs",
    "networks.*.labels",
    "x-conlink.hosts.*.sysctls",
    "volumes.*.labels",
)
"""Items are one where what stands before the `=` is; the later one holds."""

BY_ITEM: Final = (
    "services.*.extra_hosts",
    "services.*.build.extra_hosts",
    "services.*.expose",
    "services.*.env_file",
)
"""Items are one where they are equal."""

BY_TARGET: Final = (
    "services.*.volumes",
    "services.*.devices",
    "services.*.configs",
    "services.*.secrets",
)
"""Items are one where their targets are."""

BY_PORT: Final = ("services.*.ports",)
"""Items are one where address, published port, target and protocol are."""

_FOLDERS = {"configs": "/", "secrets": "/run/secrets/"}


def matches(path: Sequence[str], patterns: Sequence[str]) -> bool:
    """Is `path` one of `patterns`, whose `*` stands for any one key?"""
    if len(path) == 4 and tuple(path[:2]) == ("x-conlink", "hosts"):
        return f"x-conlink.hosts.*.{path[3]}" in patterns
    if not 3 <= len(path) <= 4 or path[0] not in ("services", "networks", "volumes"):
        return False
    wanted = ".".join((path[0], "*", *path[2:]))
    return wanted in patterns or f"{wanted.rpartition('.')[0]}.*" in patterns


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
        elif not isinstance(item, Map | Reset):
            text = key if item is None else f"{key}={as_text(item)}"
            items.put(text, value.values_at[key])
    return items


def without_reset(items: List, later: Value) -> List:
    """`items` without those whose name `later`, a map, has with `!reset`."""
    names = [k for k, v in later.items() if isinstance(v, Reset)] if isinstance(later, Map) else []
    if not names:
        return items
    kept = List(items.span)
    for item, at in items.placed():
        if not isinstance(item, str) or item.partition("=")[0] not in names:
            kept.put(item, at)
    return kept


def as_map(value: Value) -> Value:
    """`[a, b]` as `{a: , b: }`. What is no list of names is left as it is."""
    if not isinstance(value, List) or not all(isinstance(item, str) for item in value):
        return value
    pairs = Map(value.span)
    for name, at in value.placed():
        pairs.put(str(name), None, at, at)
    return pairs


def as_conditions(value: Value) -> Value:
    """`depends_on: [a]` with all that it stands for, which an earlier file may have otherwise."""
    named = as_map(value)
    if not isinstance(value, List) or not isinstance(named, Map):
        return named
    for name, at in named.keys_at.items():
        meaning = Map(at)
        meaning.put("condition", "service_started", at, at)
        meaning.put("required", True, at, at)
        named[name] = meaning
    return named


def as_build(value: Value, at: Span) -> Value:
    """`build: folder` as `build: {context: folder}`."""
    if not isinstance(value, str):
        return value
    block = Map(at)
    block.put("context", value, at, at)
    return block


def without_repeats(items: List, path: tuple[str, ...]) -> List:
    """Of items that are one for Compose, the last, at the first one's position."""
    if not _is_unique(path):
        return items
    chosen: dict[Hashable, tuple[Value, Span]] = {}
    counter = itertools.count()
    for value, at in items.placed():
        name = _identity(value, path)
        chosen[next(counter) if name is None else name] = (value, at)
    unique = List(items.span)
    for value, at in chosen.values():
        unique.put(value, at)
    return unique


def _is_unique(path: tuple[str, ...]) -> bool:
    kinds = (BY_NAME, BY_ITEM, BY_TARGET, BY_PORT)
    return any(matches(path, kind) for kind in kinds)


def _identity(value: Value, path: tuple[str, ...]) -> Hashable | None:
    """What tells an item from the others; None for one that is never a repeat."""
    if matches(path, BY_PORT):
        return _port(value)
    if matches(path, BY_TARGET):
        return _target(value, path[-1])
    if isinstance(value, Map | List):
        return None
    text = as_text(value)
    return ("item", text.partition("=")[0] if matches(path, BY_NAME) else text)


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
