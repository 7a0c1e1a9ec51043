"""The items of every `links` and `commands` list, each with where it stands and whose it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from conlink_compose.diagnostics import Span
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.language.fields import Fields, Path, RefusedPaths
from conlink_compose.language.project import Project
from conlink_compose.language.report import Report
from conlink_compose.topology import Owner

OWNER_KEYS = ("service", "container", "host")


class Rank(NamedTuple):
    """The greater is the stronger. `own`: it stands in the text of the service, not of one that
    is extended."""

    file: int
    in_service: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Declaration:
    """One item, as written. `owner` is whose block it stands in: None at the top level.

    Two items of the same `source` stand in one list of one file. `order` is that of the files.
    """

    item: Map
    at: Span
    path: Path
    owner: Owner | None
    rank: Rank
    source: tuple[object, ...]
    order: tuple[int, int, int]


class Declarations:
    """All of a tree. `file_order` names the files, the later the stronger; `refused` is what the
    schema has complained about already."""

    def __init__(self, tree: Map, file_order: tuple[str, ...], refused: RefusedPaths) -> None:
        self._tree = tree
        self._files: Mapping[str, int] = {file: n for n, file in enumerate(file_order)}
        self._services = _ServiceTexts(tree)
        self.refused = refused

    def file_rank(self, at: Span) -> int:
        """Files that no one named, as those of `extends`, come first."""
        return self._files.get(at.file, -1)

    def listed(self, key: str, skip: str | None = None) -> Iterator[Declaration]:
        """The items of every list `key`, but for the service `skip`."""
        top = self._tree.get("x-conlink")
        yield from self._of_block(top, ("x-conlink",), key, None)
        hosts = top.get("hosts") if isinstance(top, Map) else None
        for name, host in hosts.items() if isinstance(hosts, Map) else ():
            path: Path = ("x-conlink", "hosts", name)
            yield from self._of_block(host, path, key, Owner("host", name))
        services = self._tree.get("services")
        for name, service in services.items() if isinstance(services, Map) else ():
            if isinstance(service, Map) and name != skip and "x-conlink" in service:
                path = ("services", name, "x-conlink")
                yield from self._of_block(service["x-conlink"], path, key, Owner("service", name))

    def _of_block(
        self, block: Value, path: Path, key: str, owner: Owner | None
    ) -> Iterator[Declaration]:
        listed = block.get(key) if isinstance(block, Map) else None
        if not isinstance(listed, List):
            return
        for number, (item, at) in enumerate(zip(listed, listed.values_at, strict=True)):
            if isinstance(item, Map):
                file = self.file_rank(at)
                written_in = (
                    self._services.around(at) if owner and owner.kind == "service" else None
                )
                own = owner is None or written_in == owner.name
                yield Declaration(
                    item,
                    at,
                    (*path, key, number),
                    owner,
                    Rank(file, owner is not None, own),
                    (path, at.file, written_in),
                    (file, at.line, at.column),
                )


class _ServiceTexts:
    """Which service's text a place lies in: not its own for what came by `extends`."""

    def __init__(self, tree: Map) -> None:
        services = tree.get("services")
        starts: dict[str, list[tuple[int, int, str]]] = {}
        for name, at in services.keys_at.items() if isinstance(services, Map) else ():
            starts.setdefault(at.file, []).append((at.line, at.column, name))
        self._starts: dict[str, list[tuple[int, int]]] = {}
        self._names: dict[str, list[str]] = {}
        for file, keys in starts.items():
            keys.sort()
            self._starts[file] = [key[:2] for key in keys]
            self._names[file] = [key[2] for key in keys]

    def around(self, at: Span) -> str | None:
        starts = self._starts.get(at.file)
        number = bisect_right(starts, (at.line, at.column)) if starts else 0
        return self._names[at.file][number - 1] if number else None


def owner_of(
    report: Report, project: Project, fields: Fields, default: Owner | None, where: tuple[str, Span]
) -> Owner | None:
    """The owner that `fields` name, or else `default`; None, and an error, where it is unclear.

    `where` says what it is an owner of, as `link`, and where that stands.
    """
    what, at = where
    named = [key for key in OWNER_KEYS if key in fields]
    if not named:
        if default is None:
            help_ = "name one of service, container and host"
            report.error("missing-owner", at, f"whose is this {what}?", help_)
        return default
    if len(named) > 1:
        message = f"a {what} has one owner; this one has {' and '.join(named)}"
        report.error("two-owners", fields[named[1]].key_at, message)
        return None
    field = fields[named[0]]
    if field.refused:
        return None
    return project.named(report, named[0], str(field.value), field.at)
