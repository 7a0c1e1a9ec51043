"""The items of every `links` and `commands` list, each with whose block it stands in."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from conlink_compose.diagnostics import Span
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.language.fields import Faults, Path
from conlink_compose.topology import Owner


class Rank(NamedTuple):
    """The greater is the stronger. `own`: it stands in the text of the service, not of one that
    is extended."""

    file: int
    in_service: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One item. `owner` is whose block it stands in; `source` tells lists of files apart."""

    item: Map
    at: Span
    path: Path
    owner: Owner | None
    rank: Rank
    source: tuple[object, ...]
    order: tuple[int, int, int]


class Walk:
    """Walks the blocks of a tree; `file_order` names the files, the later the stronger."""

    def __init__(self, tree: Map, file_order: tuple[str, ...], faults: Faults) -> None:
        self._tree = tree
        self._files: Mapping[str, int] = {file: n for n, file in enumerate(file_order)}
        self._homes = _Homes(tree)
        self.faults = faults

    def file_rank(self, at: Span) -> int:
        """Files that no one named, as those of `extends`, come first."""
        return self._files.get(at.file, -1)

    def entries(self, key: str, skip: str | None = None) -> Iterator[Entry]:
        """The items of every list `key`, but for the service `skip`."""
        top = self._tree.get("x-conlink")
        yield from self._of(top, ("x-conlink",), key, None)
        hosts = top.get("hosts") if isinstance(top, Map) else None
        for name, host in hosts.items() if isinstance(hosts, Map) else ():
            yield from self._of(host, ("x-conlink", "hosts", name), key, Owner("host", name))
        services = self._tree.get("services")
        for name, service in services.items() if isinstance(services, Map) else ():
            if isinstance(service, Map) and name != skip and "x-conlink" in service:
                path = ("services", name, "x-conlink")
                yield from self._of(service["x-conlink"], path, key, Owner("service", name))

    def _of(self, block: Value, path: Path, key: str, owner: Owner | None) -> Iterator[Entry]:
        listed = block.get(key) if isinstance(block, Map) else None
        if not isinstance(listed, List):
            return
        for index, (item, at) in enumerate(zip(listed, listed.values_at, strict=True)):
            if isinstance(item, Map):
                file = self.file_rank(at)
                home = self._homes.of(at) if owner and owner.kind == "service" else None
                own = owner is None or home == owner.name
                yield Entry(
                    item,
                    at,
                    (*path, key, index),
                    owner,
                    Rank(file, owner is not None, own),
                    (path, at.file, home),
                    (file, at.line, at.column),
                )


class _Homes:
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

    def of(self, at: Span) -> str | None:
        starts = self._starts.get(at.file)
        index = bisect_right(starts, (at.line, at.column)) if starts else 0
        return self._names[at.file][index - 1] if index else None
