"""What is said of a route, of both families."""

from __future__ import annotations

from typing import Any

from tests.keys.row import Ask, Hand, Row
from tests.keys.shapes import FAR_SIDE, NEAR

FAMILIES = {4: ("10.9.0.0/16", "10.8.0.0/16"), 6: ("fd09::/64", "fd08::/64")}
HOPS = {4: ("10.0.0.2", "10.0.0.3", "10.77.0.1"), 6: ("fd00::2", "fd00::3", "fd77::1")}
SOURCES = {4: "10.0.0.{}", 6: "fd00::{}"}


def _ours(name: str) -> Any:
    """Of the only route that is declared: the kernel's own have its name, or another scope."""
    return lambda found: [
        one.get(name) for one in found if one["dst"][:4] in ("10.9", "10.8", "fd09", "fd08")
    ]


def _ask(family: int, wanted: str) -> Ask:
    return Ask("NODE", f"ip -j -{family} route show table all", _ours(wanted))


def _row(
    family: int, key: str, name: str, before: dict[str, Any], after: dict[str, Any], **more: Any
) -> Row:
    to, _ = FAMILIES[family]
    said = [{"to": to, **one} for one in (before, after)]
    told = more.pop("told")
    gone = said[1]["to"], f" table {said[1]['table']}" if "table" in said[1] else ""
    return Row(
        f"routes.{key}",
        *({**more.get("beside", {}), "route": one} for one in said),
        _ask(family, name),
        ([told[0]], [told[1]]),
        Hand("NODE", f"ip -{family} route del {gone[0]}{gone[1]}"),
        second=more.get("second"),
        on=(*NEAR, *FAR_SIDE) if key == "to" else NEAR,
    )


def _of(family: int) -> tuple[Row, ...]:
    to, other = FAMILIES[family]
    near, next_one, away = HOPS[family]
    source = SOURCES[family].format
    wide = 24 if family == 4 else 64
    return (
        _row(family, "to", "dst", {"to": to}, {"to": other}, told=(to, other)),
        _row(family, "via", "gateway", {"via": near}, {"via": next_one}, told=(near, next_one)),
        _row(family, "metric", "metric", {"metric": 50}, {"metric": 60}, told=(50, 60)),
        _row(family, "table", "table", {"table": 100}, {"table": 101}, told=("100", "101")),
        _row(
            family,
            "src",
            "prefsrc",
            {"src": source(21)},
            {"src": source(31)},
            told=(source(21), source(31)),
            second=([source(22)], [source(32)]),
            beside={"ip": [f"{source(21)}/{wide}", f"{source(31)}/{wide}"]},
        ),
        _row(
            family,
            "onlink",
            "flags",
            {"via": near},
            {"via": away, "onlink": True},
            told=([], ["onlink"]),
        ),
    )


ROWS = (*_of(4), *_of(6))
