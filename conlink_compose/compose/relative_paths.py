"""The paths of a service that was written in another folder, made absolute."""

from __future__ import annotations

import os
from collections.abc import Callable

from conlink_compose.document.tree import List, Map, Value

_Change = Callable[[Value, str], Value]


def anchored(service: Map, folder: str) -> Map:
    """`service` with its bind mounts and `env_file` below `folder`, an absolute path."""
    changed = Map(service.span)
    for key, value in service.items():
        new = value
        if key == "volumes" and isinstance(value, List):
            new = _items(value, folder, _volume)
        elif key == "env_file":
            new = _env_file(value, folder)
        changed.put(key, new, service.keys_at[key], service.values_at[key])
    return changed


def below(folder: str, path: str) -> str:
    """`path` as Compose reads it: `~` is the home folder, a relative one lies below `folder`."""
    return os.path.normpath(os.path.join(folder, os.path.expanduser(path)))  # noqa: PTH111, PTH118


def is_path(source: str) -> bool:
    """Is the source of a short volume a path, and not the name of a volume?"""
    return source.startswith((".", "/", "~"))


def _env_file(value: Value, folder: str) -> Value:
    if isinstance(value, List):
        return _items(value, folder, _path)
    return _path(value, folder)


def _items(items: List, folder: str, change: _Change) -> List:
    changed = List(items.span)
    for item, at in zip(items, items.values_at, strict=True):
        changed.put(change(item, folder), at)
    return changed


def _path(value: Value, folder: str) -> Value:
    if isinstance(value, Map):
        return _with(value, "path", folder)
    return below(folder, value) if isinstance(value, str) else value


def _volume(value: Value, folder: str) -> Value:
    if isinstance(value, Map):
        return _with(value, "source", folder) if value.get("type") == "bind" else value
    if not isinstance(value, str):
        return value
    source, colon, rest = value.partition(":")
    return f"{below(folder, source)}:{rest}" if colon and is_path(source) else value


def _with(value: Map, key: str, folder: str) -> Map:
    changed = Map(value.span)
    for name, item in value.items():
        new = below(folder, item) if name == key and isinstance(item, str) else item
        changed.put(name, new, value.keys_at[name], value.values_at[name])
    return changed
