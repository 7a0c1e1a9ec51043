"""The bind mounts among a service's volumes. Named volumes and tmpfs are none."""

from __future__ import annotations

from conlink_compose.compose.paths import below, is_path
from conlink_compose.diagnostics import Span
from conlink_compose.document.scalars import as_text
from conlink_compose.document.tree import List, Map
from conlink_compose.workload import Mount
from conlink_compose.workloads.fields import Fields


def mounts(fields: Fields, folder: str) -> tuple[Mount, ...]:
    """Sources relative to `folder`, the project's, an absolute path."""
    value = fields.service.get("volumes")
    if value is None:
        return ()
    if not isinstance(value, List):
        fields.wrong("bad-value", "`volumes` of a service is a list", fields.at("volumes"))
        return ()
    found: list[Mount] = []
    for item, at in zip(value, value.values_at, strict=True):
        if isinstance(item, Map):
            mount = _long(fields, item, folder, at)
        else:
            mount = _short(fields, as_text(item), folder, at) if isinstance(item, str) else None
        if mount is not None:
            found.append(mount)
    return tuple(found)


def _short(fields: Fields, text: str, folder: str, at: Span) -> Mount | None:
    source, colon, rest = text.partition(":")
    if not colon or not is_path(source):
        return None
    target, _, options = rest.partition(":")
    return _mount(fields, (source, target), folder, "ro" in options.split(","), at)


def _long(fields: Fields, item: Map, folder: str, at: Span) -> Mount | None:
    if item.get("type") != "bind":
        return None
    source, target = item.get("source"), item.get("target")
    if not isinstance(source, str) or not isinstance(target, str):
        fields.wrong("bad-mount", "a bind mount needs a `source` and a `target`", at)
        return None
    return _mount(fields, (source, target), folder, item.get("read_only") is True, at)


def _mount(
    fields: Fields, ends: tuple[str, str], folder: str, read_only: bool, at: Span
) -> Mount | None:
    source, target = ends
    if not target.startswith("/"):
        message = f"`{target}` is no absolute path in the container"
        fields.wrong("bad-mount", message, at, "write it as /path")
        return None
    return Mount(below(folder, source), target, read_only)
