"""What a process finds around it: its variables, the hosts it knows, and what is bind-mounted."""

from __future__ import annotations

import os
from collections.abc import Iterator

from conlink_compose.compose.env_file import Variables, read_env_file
from conlink_compose.compose.load import Document
from conlink_compose.compose.paths import below, is_path
from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.document.scalars import as_text
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.workload import Mount
from conlink_compose.workloads.service_keys import ServiceKeys

_VOLUMES = ("bind", "volume", "tmpfs", "image", "cluster", "npipe")


def environment(keys: ServiceKeys, document: Document) -> tuple[tuple[str, str], ...]:
    """The variables of `env_file`, and those of `environment` over them: names and values in order.

    A name alone takes the project's value, or is left out.
    """
    own = _own_variables(keys)
    # A line of a file may refer to the project's variables, to these, and to those of lines above.
    outer = {key: value for key, value in own.items() if value is not None}
    outer |= document.environment
    variables: Variables = {}
    for path, at, required in _env_files(keys):
        name = os.path.expanduser(path)  # noqa: PTH111
        found, problems = read_env_file(name, document.project_directory, outer, at, variables)
        if required or not any(problem.code == "file-not-found" for problem in problems):
            keys.problems += problems
        variables.update(found)
    variables |= own
    chosen = ((k, document.environment.get(k) if v is None else v) for k, v in variables.items())
    return tuple((key, value) for key, value in chosen if value is not None)


def _own_variables(keys: ServiceKeys) -> Variables:
    found: Variables = {}
    for key, value, at in keys.pairs("environment"):
        if not key:
            keys.wrong("bad-value", "a variable needs a name before the `=`", at)
        elif key != key.rstrip():
            message = f"a space stands between the name `{key.rstrip()}` and the `=`"
            keys.wrong("bad-value", message, at, "write NAME=value without spaces")
        else:
            found[key] = value
    return found


def _env_files(keys: ServiceKeys) -> Iterator[tuple[str, Span, bool]]:
    value: Value = keys.service.get("env_file")
    if value is None:
        return
    single = [(value, keys.at("env_file"))]
    for item, at in value.placed() if isinstance(value, List) else single:
        path = item.get("path") if isinstance(item, Map) else item
        if not isinstance(path, str):
            message = "`env_file` is a file name, or a map with `path`"
            keys.wrong("bad-value", message, at)
            continue
        if isinstance(item, Map):
            yield path, item.values_at["path"], item.get("required", True) is not False
        else:
            yield path, at, True


def extra_hosts(keys: ServiceKeys) -> tuple[tuple[str, str], ...]:
    """Names and addresses, from `name=address`, `name:address` or a map to one or several."""
    value = keys.service.get("extra_hosts")
    if isinstance(value, Map):
        pairs = [
            (name, str(address))
            for name, addresses in value.items()
            for address in (addresses if isinstance(addresses, List) else [addresses])
        ]
        return tuple((name, address.strip("[]")) for name, address in pairs)
    found: list[tuple[str, str]] = []
    for first, second, at in keys.pairs("extra_hosts"):
        name, address = (first, second) if second is not None else _split_at_colon(first)
        if not name or not address:
            message = f"`{name}` has no address, and an extra host is `name=address`"
            keys.wrong("bad-extra-host", message, at)
        else:
            found += [(name, one.strip("[]")) for one in address.split(",")]
    return tuple(found)


def _split_at_colon(text: str) -> tuple[str, str]:
    name, _, address = text.partition(":")
    return name, address


def mounts(keys: ServiceKeys, folder: str) -> tuple[Mount, ...]:
    """The bind mounts among the volumes. Named volumes and tmpfs are none.

    Sources are relative to `folder`, the project's, an absolute path.
    """
    value = keys.service.get("volumes")
    if value is None:
        return ()
    if not isinstance(value, List):
        keys.wrong("bad-value", "`volumes` of a service is a list", keys.at("volumes"))
        return ()
    found: list[Mount] = []
    for item, at in value.placed():
        if isinstance(item, Map):
            mount = _long(keys, item, folder, at)
        else:
            mount = _short(keys, as_text(item), folder, at) if isinstance(item, str) else None
        if mount is not None:
            found.append(mount)
    return tuple(found)


def _short(keys: ServiceKeys, text: str, folder: str, at: Span) -> Mount | None:
    source, colon, rest = text.partition(":")
    target, _, options = rest.partition(":")
    if not source or (colon and not target):
        keys.wrong(
            "bad-mount", f"`{text}` is no volume", at, "write it as source:/path, or as /path"
        )
        return None
    if not colon or not is_path(source):
        return None
    return _mount(keys, (source, target), folder, "ro" in options.split(","), at)


def _long(keys: ServiceKeys, item: Map, folder: str, at: Span) -> Mount | None:
    kind = item.get("type")
    if kind not in _VOLUMES:
        advice = near_or_all(str(kind), _VOLUMES, "the types are")
        keys.wrong("bad-mount", f"`{kind}` is no type of volume", at, advice)
    if kind != "bind":
        return None
    source, target = item.get("source"), item.get("target")
    if not isinstance(source, str) or not isinstance(target, str):
        keys.wrong("bad-mount", "a bind mount needs a `source` and a `target`", at)
        return None
    return _mount(keys, (source, target), folder, item.get("read_only") is True, at)


def _mount(
    keys: ServiceKeys, ends: tuple[str, str], folder: str, read_only: bool, at: Span
) -> Mount | None:
    source, target = ends
    if not target.startswith("/"):
        message = f"`{target}` is no absolute path in the container"
        keys.wrong("bad-mount", message, at, "write it as /path")
        return None
    return Mount(below(folder, source), os.path.normpath(target), read_only)
