"""Published ports in one form, (address, published, target, protocol), whoever read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from conlink_compose.document.scalars import as_text

Port = tuple[str, str, str, str]


def ports_of_compose(items: Iterable[dict[str, Any]]) -> list[Port]:
    return sorted(_long(item) for item in items)


def ports_of_file(items: Iterable[Any]) -> list[Port]:
    """The short and the long form as a file has them."""
    found: list[Port] = []
    for item in items:
        found += [_long(item)] if isinstance(item, dict) else _short(as_text(item))
    return sorted(found)


def _long(item: dict[str, Any]) -> Port:
    host, published, target = (as_text(item.get(k)) for k in ("host_ip", "published", "target"))
    return host, published, target, item.get("protocol") or "tcp"


def _short(text: str) -> Iterator[Port]:
    text, _, protocol = text.partition("/")
    before, _, target = text.rpartition(":")
    host, _, published = before.rpartition(":")
    targets, outer = _numbers(target), _numbers(published)
    if len(targets) == 1:  # one of a range of ports may be published: which, the engine chooses
        outer = [published]
    for number, inner in enumerate(targets):
        yield host.strip("[]"), outer[number] if published else "", inner, protocol or "tcp"


def _numbers(text: str) -> list[str]:
    first, _, last = text.partition("-")
    if not last:
        return [text]
    return [str(number) for number in range(int(first), int(last) + 1)]
