"""`include`: whole projects of other files, whose services join this one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from conlink_compose.compose.env_file import read_env_file
from conlink_compose.compose.files import Files
from conlink_compose.compose.paths import anchored, below
from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.reader import STDIN
from conlink_compose.document.tree import List, Map, Value

RESOURCES = ("services", "networks", "volumes", "configs", "secrets", "models")
DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """Where files are read: the folder of their paths, their variables, the files on the way."""

    folder: str
    variables: Mapping[str, str]
    chain: tuple[str, ...] = ()


class Layered(Protocol):
    """Reads several files of one scope to one tree."""

    def __call__(
        self, files: Files, names: tuple[str, ...], scope: Scope, asked_by: Span | None
    ) -> Map | None: ...


def include(files: Files, tree: Map, scope: Scope, layered: Layered) -> Map:
    """`tree` with what its `include` names. Problems go to `files`."""
    if tree.get("include") is None:
        return tree
    whole = tree.replaced({})
    for at, entry in _entries(files, tree):
        included = _read(files, at, entry, scope, layered)
        if included is not None:
            _join(files, whole, included)
    return whole


@dataclass(frozen=True, slots=True)
class _Entry:
    paths: tuple[str, ...]
    project_directory: str | None
    env_files: tuple[str, ...]


def _entries(files: Files, tree: Map) -> Iterator[tuple[Span, _Entry]]:
    value, at = tree["include"], tree.values_at["include"]
    if not isinstance(value, List):
        files.diagnostics.append(_bad(at))
        return
    for item, item_at in value.placed():
        entry = _entry(item)
        if entry is None:
            files.diagnostics.append(_bad(item_at))
        else:
            yield item_at, entry


def _entry(item: Value) -> _Entry | None:
    if isinstance(item, str):
        return _Entry((item,), None, ())
    if not isinstance(item, Map):
        return None
    paths, env_files = _texts(item.get("path")), _texts(item.get("env_file"))
    folder = item.get("project_directory")
    if not paths or env_files is None or not (folder is None or isinstance(folder, str)):
        return None
    return _Entry(paths, folder, env_files)


def _texts(value: Value) -> tuple[str, ...] | None:
    if value is None:
        return ()
    items = value if isinstance(value, List) else [value]
    texts = tuple(item for item in items if isinstance(item, str))
    return texts if len(texts) == len(items) else None


def _bad(at: Span) -> Diagnostic:
    message = "`include` is a list of file names, or of maps with `path`"
    return Diagnostic("bad-include", message, at, "write `include: [other.yaml]`")


def _read(files: Files, at: Span, entry: _Entry, scope: Scope, layered: Layered) -> Map | None:
    names = tuple(below(scope.folder, path) for path in entry.paths)
    repeated = next((name for name in names if name in scope.chain), None)
    if repeated is not None:
        way = " -> ".join([*scope.chain, repeated])
        message = f"these files include one another: {way}"
        files.diagnostics.append(Diagnostic("include-cycle", message, at))
        return None
    if len(scope.chain) > DEEPEST:
        message = f"more than {DEEPEST} files include one another in a row"
        files.diagnostics.append(Diagnostic("too-deep", message, at))
        return None
    folder = os.path.dirname(names[0])  # noqa: PTH120
    if entry.project_directory is not None:
        folder = below(scope.folder, entry.project_directory)
    variables = _variables(files, at, entry, folder, scope)
    tree = layered(files, names, Scope(folder, variables, scope.chain), at)
    return None if tree is None else _resources(files, tree, folder, variables)


def _variables(
    files: Files, at: Span, entry: _Entry, folder: str, scope: Scope
) -> Mapping[str, str]:
    """The including project's variables win over those of the included one's own files."""
    names = [below(scope.folder, name) for name in entry.env_files]
    default = below(folder, ".env")
    if not names and os.path.isfile(files.absolute(default)):  # noqa: PTH113
        names = [default]
    own: dict[str, str] = {}
    for name in names:
        outer = own | dict(scope.variables)
        found, problems = read_env_file(name, files.working_directory, outer, at)
        files.diagnostics += problems
        own |= {key: value for key, value in found.items() if value is not None}
    variables = own | dict(scope.variables)
    if variables == scope.variables:
        return scope.variables
    return files.kept(variables)


def _resources(files: Files, tree: Map, folder: str, variables: Mapping[str, str]) -> Map:
    """What Compose takes over: services, networks, ...; no `x-` key of the top level."""
    taken = tree.only(key for key in RESOURCES if isinstance(tree.get(key), Map))
    services = taken.get("services")
    if isinstance(services, Map):
        taken["services"] = _taken_over(services, files.absolute(folder), variables)
    if "x-conlink" in tree:
        message = "Compose drops the top-level `x-` keys of an included file, so this block is too"
        advice = "move it into a service or a file that you name with -f"
        at = tree.keys_at["x-conlink"]
        told = Diagnostic("include-drops-block", message, at, advice, Severity.WARNING)
        files.diagnostics.append(told)
    return taken


def _taken_over(services: Map, folder: str, variables: Mapping[str, str]) -> Map:
    """`services` with the paths and the variables that they had in their own project."""
    return services.replaced(
        {
            name: _with_values(anchored(service, folder), variables)
            for name, service in services.items()
            if isinstance(service, Map)
        }
    )


def _with_values(service: Map, variables: Mapping[str, str]) -> Map:
    """`service` whose `environment` has values for the names alone that `variables` hold."""
    own = service.get("environment")
    if isinstance(own, Map):
        names = [name for name, value in own.items() if value is None and name in variables]
        return service.replaced({"environment": own.replaced({n: variables[n] for n in names})})
    if not isinstance(own, List):
        return service
    items = List(own.span)
    for item, at in own.placed():
        known = isinstance(item, str) and item in variables
        items.put(f"{item}={variables[str(item)]}" if known else item, at)
    return service.replaced({"environment": items})


def _join(files: Files, whole: Map, included: Map) -> None:
    for kind, resources in included.items():
        own = whole.get(kind)
        assert isinstance(resources, Map)
        target = own.replaced({}) if isinstance(own, Map) else Map(resources.span)
        for name, value in resources.items():
            if name not in target:
                target.take(name, resources)
            elif target[name] != value:
                files.diagnostics.append(_conflict(kind, name, target, resources))
        at = whole.values_at.get(kind, included.values_at[kind])
        whole.put(kind, target, whole.keys_at.get(kind, included.keys_at[kind]), at)


def _conflict(kind: str, name: str, own: Map, other: Map) -> Diagnostic:
    there = other.keys_at[name]
    file = "the standard input" if there.file == STDIN else there.file
    message = f"`{kind}.{name}` stands here and in {file}, which is included, and they differ"
    advice = f"rename one (line {there.line} there), or change it in a later file given with -f"
    return Diagnostic("include-conflict", message, own.keys_at[name], advice)
