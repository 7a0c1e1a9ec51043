"""From a request to one tree: files found, read, filled in, extended, included and merged."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from conlink_compose.compose.extends import extend
from conlink_compose.compose.files import Files
from conlink_compose.compose.include import Scope, include
from conlink_compose.compose.locate import (
    Located,
    Request,
    chosen_profiles,
    locate,
    project_name,
)
from conlink_compose.compose.merge import merge, settled
from conlink_compose.compose.services import (
    ServiceDeclaration,
    active_services,
    profiles_of,
    read_services,
    service_names,
    sound_services,
)
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.reader import STDIN
from conlink_compose.document.tree import Map


@dataclass(frozen=True, slots=True)
class Document:
    """A project's files as one tree. `project_directory` is absolute.

    `names` are those of all services. Else those outside the active profiles are left out;
    `services` tells of the others, in the order of the files, what everybody asks.
    `file_order` holds the files of the command line, earlier first; `sources` the text of
    every file that was read. `environment` is the process's with what `.env` adds.
    `containers_outside` is as the request says.
    """

    project: str
    project_directory: str
    tree: Map
    names: tuple[str, ...]
    services: Mapping[str, ServiceDeclaration]
    file_order: tuple[str, ...]
    sources: dict[str, str]
    environment: Mapping[str, str]
    profiles: tuple[str, ...]
    containers_outside: bool = False


def load(request: Request) -> tuple[Document | None, list[Diagnostic]]:
    """The document, and all that is wrong with its files. None where a file could not be read."""
    document, files = load_files(request)
    return document, list(dict.fromkeys(files.diagnostics))


def load_files(request: Request) -> tuple[Document | None, Files]:
    """The same with the files themselves: their texts are wanted even where no document is."""
    located = locate(request)
    files = Files(
        request.working_directory,
        # An override of which nothing is left but remarks changes nothing.
        may_be_empty=frozenset(located.files[1:]),
        diagnostics=list(located.diagnostics),
    )
    if not located.files:
        return None, files
    trees = [files.raw(name) for name in located.files]
    environment = dict(located.environment)
    project, problems = project_name(
        request.project_name, environment, (tree for tree in trees if tree), located.directory
    )
    files.diagnostics += problems
    environment["COMPOSE_PROJECT_NAME"] = project
    scope = Scope(_shown(located, request), environment)
    tree = layered(files, located.files, scope, None)
    if tree is None or files.broken:
        return None, files
    tree, unsound = sound_services(settled(tree), files.refused)
    names = service_names(tree)
    chosen = chosen_profiles(request.profiles, environment)
    profiles = (*chosen, *profiles_of(tree, request.named, chosen))
    tree = active_services(tree, profiles)
    services, wrong = _scaled_services(tree, request, files)
    files.diagnostics += [*unsound, *wrong]
    order, sources = located.files, files.sources
    found = (project, located.directory, tree, names, services, order, sources, environment)
    return Document(*found, profiles, request.containers_outside), files


def _scaled_services(
    tree: Map, request: Request, files: Files
) -> tuple[dict[str, ServiceDeclaration], list[Diagnostic]]:
    services, wrong = read_services(tree, files.refused)
    for name, replicas in request.scales:
        if name in services:
            services[name] = replace(services[name], replicas=replicas)
    return services, wrong


def _shown(located: Located, request: Request) -> str:
    """The project's folder as it stands before file names: relative where the user's words are."""
    first = next((name for name in located.files if name != STDIN), "")
    folder = request.project_directory or os.path.dirname(first)  # noqa: PTH120
    return folder or ""


def layered(
    files: Files, names: tuple[str, ...], scope: Scope, asked_by: Span | None
) -> Map | None:
    """Several files of one scope as one tree, later ones over earlier ones.

    None where none of them could be read. Problems go to `files`.
    """
    result: Map | None = None
    for name in names:
        tree = files.tree(name, scope.variables, asked_by)
        if tree is None:
            continue
        tree = extend(files, tree, name, scope.folder, scope.variables)
        # All files of one layer are on the way: none may be included from among them.
        inner = replace(scope, chain=(*scope.chain, name))
        tree = include(files, tree, inner, layered)
        if result is None:
            result = tree
        else:
            result, problems = merge(result, tree)
            files.diagnostics += problems
    return result
