"""Routes, as words of ip-route(8) or as a map, to `Route`."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.document.scalars import is_true
from conlink_compose.document.tree import Map, Value
from conlink_compose.language.fields import Field, Part, fields_of, items
from conlink_compose.language.report import Report
from conlink_compose.language.values.addresses import read_address, read_network
from conlink_compose.topology import IpAddress, IpNetwork, Route

_WORDS = ("to", "via", "dev", "metric", "table", "src", "onlink")
_OTHER_NAMES = {"preference": "metric", "gateway": "via"}
_TABLES = {"default": 253, "main": 254, "local": 255}
_MAIN, _LOCAL = 254, 255
_OTHER_TYPES = (
    *("blackhole", "unreachable", "prohibit", "throw"),
    *("local", "broadcast", "anycast", "multicast", "nat"),
)
"""What ip-route(8) may begin with beside `unicast`. None of them leads over a link."""
_U32 = 2**32 - 1


@dataclass(frozen=True, slots=True)
class ReadRoute:
    """A route, and where each part of it stands."""

    route: Route
    at: Span
    parts: dict[str, Part]

    def place(self, key: str) -> Span:
        return self.parts[key].at if key in self.parts else self.at


def read_routes(report: Report, field: Field | None, dev: str) -> list[ReadRoute]:
    """The routes of a link whose interface is `dev`; those that are none are left out, told."""
    if field is None or field.refused:
        return []
    routes: list[ReadRoute] = []
    for item, at in items(field):
        found = list(_parts(report, item, at))
        parts = {part.key: part for part in found}
        if found and "" not in parts:
            route = _route(report, parts, dev, at)
            routes += [ReadRoute(route, at, parts)] if route else []
    return routes


def _parts(report: Report, item: Value, at: Span) -> Iterator[Part]:
    """The parts; one with an empty key tells that something was wrong, and has been told."""
    if isinstance(item, str):
        yield from _parts_of_words(report, item, at)
    elif isinstance(item, Map):
        for key, field in fields_of(item).items():
            if key != "onlink" or is_true(field.value):
                yield Part(key, str(field.value), field.at)


def _parts_of_words(report: Report, words: str, at: Span) -> Iterator[Part]:
    queue = report.words(at, words)
    first = queue[0].text if queue else ""
    if first in _OTHER_TYPES:
        message = f"{first} routes lead over no link; a route here leads over its own"
        report.error("bad-route", queue[0].at, message, "a command of that node can add it")
        yield Part("", "", at)
        return
    if first == "unicast":
        queue.pop(0)
    if queue and queue[0].text not in _WORDS and queue[0].text not in _OTHER_NAMES:
        yield Part("to", *queue.pop(0))
    while queue:
        word, place = queue.pop(0)
        key = _OTHER_NAMES.get(word, word)
        if key not in _WORDS:
            help_ = near_or_all(word, _WORDS, "the words are")
            report.error("bad-route", place, f'"{word}" is not a word of a route here', help_)
            yield Part("", "", at)
            return
        if key == "onlink":
            yield Part(key, "", place)
            continue
        if key == "via" and queue and queue[0].text in ("inet", "inet6"):
            queue.pop(0)
        if not queue:
            report.error("bad-route", place, f'"{word}" needs a value behind it')
            yield Part("", "", at)
            return
        yield Part(key, *queue.pop(0))


def _route(report: Report, parts: dict[str, Part], dev: str, at: Span) -> Route | None:
    if "to" not in parts:
        report.error("bad-route", at, "where does this route lead?", "as in default via 10.0.0.1")
        return None
    told = len(report.diagnostics)
    if "dev" in parts and parts["dev"].text != dev:
        message = f"a route of a link goes over its own interface, {dev}"
        help_ = f"move it to the link whose dev is {parts['dev'].text}"
        report.error("bad-route", parts["dev"].at, message, help_)
    via, src = _address(report, parts, "via"), _address(report, parts, "src")
    to = None if parts["to"].text == "default" else _network(report, parts["to"])
    metric = _number(report, parts, "metric", 0)
    table = _number(report, parts, "table", 1)
    if table == _LOCAL:
        message = "table local is the kernel's own: it keeps each node's addresses there"
        report.error("bad-route", parts["table"].at, message)
    if "onlink" in parts and via is None:
        message = "onlink says that the gateway is on this link, and this route has no via"
        report.error("bad-route", parts["onlink"].at, message, "leave onlink out, or add via")
    if len(report.diagnostics) > told:
        return None
    if not _one_family(report, parts, to, via, src):
        return None
    return Route(
        _destination(to, via, src),
        via,
        metric,
        None if table == _MAIN else table,
        src,
        "onlink" in parts,
        at,
    )


def _destination(
    to: IpNetwork | None, via: IpAddress | None, src: IpAddress | None
) -> IpNetwork | None:
    """None for the default route over a gateway; one without a gateway needs its family said."""
    if via is not None:
        return to if to is not None and to.prefixlen else None
    if to is not None:
        return to
    return ipaddress.ip_network("::/0" if src is not None and src.version == 6 else "0.0.0.0/0")


def _address(report: Report, parts: dict[str, Part], key: str) -> IpAddress | None:
    part = parts.get(key)
    return read_address(report, key, part.text, part.at) if part else None


def _network(report: Report, part: Part) -> IpNetwork | None:
    return read_network(report, "a route", part.text, part.at, ("default",))


def _number(report: Report, parts: dict[str, Part], key: str, least: int) -> int | None:
    part = parts.get(key)
    if part is None:
        return None
    if key == "table" and part.text in _TABLES:
        return _TABLES[part.text]
    if part.text.isdecimal() and least <= int(part.text) <= _U32:
        return int(part.text)
    names = "main, default or " if key == "table" else ""
    message = f'{key} takes {names}a whole number from {least} to {_U32}; this is "{part.text}"'
    report.error("bad-route", part.at, message)
    return None


def _one_family(
    report: Report,
    parts: dict[str, Part],
    to: IpNetwork | None,
    via: IpAddress | None,
    src: IpAddress | None,
) -> bool:
    families = {"to": to, "via": via, "src": src}
    said = [(key, value) for key, value in families.items() if value is not None]
    for key, value in said[1:]:
        first_key, first = said[0]
        if value.version != first.version:
            message = f"{key} is IPv{value.version}, but {first_key} is IPv{first.version}"
            report.error("bad-route", parts[key].at, message, "a route is of one family")
            return False
    return True
