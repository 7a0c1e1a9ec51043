"""Some services of a project, as `up web` and `scale web=3` name them; the others stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from conlink_compose.cli import exit_status
from conlink_compose.cli.context import Declared, Options, read, read_to_bring_up
from conlink_compose.cli.named import named
from conlink_compose.cli.project import end

if TYPE_CHECKING:
    from conlink_compose.compose.load import Document


def scales_of(words: Sequence[str], option: str) -> tuple[tuple[str, int], ...]:
    """`SERVICE=NUMBER`, again and again. Ends with a sentence for anything else."""
    found = []
    for word in words:
        name, _, count = word.partition("=")
        if not (name and count.isascii() and count.isdecimal()):
            end(f"{option} takes SERVICE=NUMBER; this is `{word}`", exit_status.USAGE)
        found.append((name, int(count)))
    return tuple(found)


def read_selected(options: Options, names: Sequence[str]) -> Declared:
    """The project that shall be brought up, of which `names` are meant, or all where there are
    none. Else the mistakes, or a sentence, and the end."""
    options = replace(options, named=tuple(names))
    document = read(options).document if names or options.scales else None
    if document:
        for name in (*names, *(name for name, _ in options.scales)):
            _require(name, document)
    return read_to_bring_up(_with_what_runs(options, document) if names and document else options)


def with_dependencies(declared: Declared, names: Sequence[str]) -> list[str]:
    """The services that `names` cannot do without, and they themselves."""
    needs = {one.owner.name: one.depends_on for one in declared.reading.workloads}
    found: list[str] = []
    queue = list(names)
    while queue:
        name = queue.pop(0)
        if name not in found:
            found.append(name)
            queue += needs.get(name, ())
    return found


def _with_what_runs(options: Options, document: Document) -> Options:
    """The services that are not named are declared as they are now: as many replicas, whatever
    their profiles. Else their links would go."""
    from conlink_compose.engines import open_project

    project = open_project(options.engine, document.project)
    owners = [status.owner for status in project.nodes()] if project.is_up() else []
    counts = Counter(one.name for one in owners if one.kind == "service")
    others = {
        name: count
        for name, count in counts.items()
        if name in document.names and name not in options.named
    }
    scales = {**dict(options.scales), **others}
    return replace(options, named=(*options.named, *others), scales=tuple(scales.items()))


def _require(name: str, document: Document) -> None:
    if name not in document.names:
        near = get_close_matches(name, document.names, 1)
        advice = f"did you mean {near[0]}?" if near else f"there are {named(document.names)}"
        end(f"there is no service {name}; {advice}")
