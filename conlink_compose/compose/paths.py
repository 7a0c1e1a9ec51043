"""Paths in a service: what Compose takes for one, and where a relative one leads."""

from __future__ import annotations

import os
from collections.abc import Callable

from conlink_compose.document.tree import List, Map, Value

_Change = Callable[[Value, str], Value]


def anchored(service: Map, folder: str) -> Map:
    """`service` with its bind mounts and `env_file` below `folder`, an absolute path."""
    changed: dict[str, Value] = {}
    volumes = service.get("volumes")
    if isinstance(volumes, List):
        changed["volumes"] = _items(volumes, folder, _volume)
    if "env_file" in service:
        changed["env_file"] = _env_file(service["env_file"], folder)
    return service.replaced(changed)


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
    for item, at in items.placed():
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
    path = value.get(key)
    return value.replaced({key: below(folder, path)}) if isinstance(path, str) else value
