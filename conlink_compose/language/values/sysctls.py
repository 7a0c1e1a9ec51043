"""`sysctls` of a host, a map or a list of `name=value`, to pairs, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.diagnostics import Span
from conlink_compose.document.scalars import as_text
from conlink_compose.document.tree import List, Map
from conlink_compose.language.fields import Field, texts
from conlink_compose.language.report import Report
from conlink_compose.linux.sysctls import refusal
from conlink_compose.topology import Places


def read_sysctls(report: Report, field: Field | None) -> tuple[tuple[tuple[str, str], ...], Places]:
    """Names and values in order, and the places by name. An error for what would change the whole
    machine."""
    if field is None or field.refused:
        return (), ()
    found: list[tuple[str, str]] = []
    places: list[tuple[str, Span]] = []
    for name, text, at in _pairs(field):
        found.append((name, text))
        places.append((name, at))
        if why := refusal(name):
            report.error("bad-sysctl", at, why)
    return tuple(found), tuple(places)


def _pairs(field: Field) -> Iterator[tuple[str, str, Span]]:
    value = field.value
    if isinstance(value, Map):
        for name, one in value.items():
            yield name, "" if isinstance(one, Map | List) else as_text(one), value.keys_at[name]
        return
    for text, at in texts(field):
        name, _, one = text.partition("=")
        yield name, one, at
