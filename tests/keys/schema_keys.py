"""Every key of the language, by its place in the schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.language_page import SCHEMA


def schema_keys() -> list[str]:
    """As `link.mtu` and `link.vlan.access`; what one place takes from another stands there."""
    return [key for name, value in SCHEMA["definitions"].items() for key in _of(name, value)]


def _of(place: str, value: dict[str, Any]) -> Iterator[str]:
    for name, inner in value.get("properties", {}).items():
        yield f"{place}.{name}"
        yield from _of(f"{place}.{name}", inner)
