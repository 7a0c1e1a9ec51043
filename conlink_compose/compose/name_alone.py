"""The project's name where no more than that is wanted: its files may be broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conlink_compose.compose.files import Files
from conlink_compose.compose.locate import Located, Request, locate, project_name
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.reader import STDIN
from conlink_compose.document.tree import Map

_NAME = re.compile(r"^name:[ \t]+(?P<quote>[\"']?)(?P<name>[^\"'#]+?)(?P=quote)[ \t]*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class NameAlone:
    """`name` is None where nothing tells it; `diagnostics` say why. `broken` are the files that
    cannot be read as YAML, and that may have told another."""

    name: str | None
    broken: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    files: Files


def name_alone(request: Request) -> NameAlone:
    """`-p`, COMPOSE_PROJECT_NAME, a `name:` of the files where one can still be read, else the
    folder's name. Only where no file is found is there none."""
    located = locate(request)
    files = Files(request.working_directory, frozenset(located.files[1:]))
    told = request.project_name or located.environment.get("COMPOSE_PROJECT_NAME")
    missing = () if told else _missing(located, request)
    if not told and (missing or not located.files):
        for name in missing:
            files.raw(name)
        return NameAlone(None, (), (*located.diagnostics, *files.diagnostics), files)
    trees = [] if told else list(_trees(located, files))
    name, _ = project_name(request.project_name, located.environment, trees, located.directory)
    broken = () if told else tuple(one for one in located.files if files.raw(one) is None)
    return NameAlone(name, broken, (), files)


def _missing(located: Located, request: Request) -> tuple[str, ...]:
    names = (name for name in located.files if name != STDIN)
    return tuple(name for name in names if not Path(request.working_directory, name).exists())


def _trees(located: Located, files: Files) -> Iterator[Map]:
    for name in located.files:
        tree = files.raw(name)
        yield _first_lines(files.sources.get(name, ""), name) if tree is None else tree


def _first_lines(text: str, file: str) -> Map:
    """Of a text that is no YAML, the top-level `name:`."""
    at = Span(file, 1, 1, 1, 1)
    found = Map(at)
    for line in text.splitlines():
        if match := _NAME.match(line):
            found.put("name", match["name"], at, at)
            break
    return found
