"""What a terminal of each width shows: goldens in `screens/`, a file a screen and a width.

`CONLINK_GOLDEN=write pytest tests/cli/test_screens.py` writes them anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conlink_compose.cli.network_table import network_table
from conlink_compose.diagnostics import Diagnostic, Span, render, width, wrapped

FOLDER = Path(__file__).parent / "screens"


def interface(name: str, *addresses: str, routes: tuple[str, ...] = (), **more: str) -> Any:
    given = {"kind": "veth", "state": "up", "peer": "bridge lan", "mac": "02:ac:5d:3e:90:11"}
    return {"name": name, "addresses": addresses, "routes": routes, **given, **more}


def node(name: str, *interfaces: Any, state: str = "running", code: int | None = None) -> Any:
    return {"name": name, "state": state, "exit_code": code, "interfaces": interfaces}


NODES = [
    node(
        "router-1",
        interface("lan0", "10.1.0.1/24", "fd00:1::1/64"),
        interface("wan", "192.0.2.0/31", peer="isp-1:eth0"),
        interface("dummy0", "10.255.0.1/32", kind="dummy", peer="", state="down"),
    ),
    node(
        "node-1",
        interface(
            "eth0", "10.1.0.100/24", routes=("default via 10.1.0.1", "fd00::/8 via fd00:1::1")
        ),
    ),
    node("job-1", state="exited", code=137),
    node("idle-1"),
]
LONG = "services: {" + " ".join(f"s{number}: {{image: x}}," for number in range(180)) + " 日本: 1}"
AT = LONG.index("s90:") + 1
PLANNED = (
    "add     veth node-1:eth0 = (hub):node_1-eth0 mac 02:1f:60:2d:7c:35 mtu 1500 master lan"
    "   # is declared, compose.yaml:7:11"
)


def mistake(column: int, end: int) -> Callable[[int | None], str]:
    found = Diagnostic(
        "unreachable-gateway",
        "no link of router reaches the gateway 10.9.0.1, for wan0 is on 10.0.0.2/16",
        Span("compose.yaml", 1, column, 1, end),
        "give wan0 an address of that network, or name another gateway",
    )
    return lambda columns: render(found, {"compose.yaml": LONG}, columns) + "\n"


SCREENS: dict[str, Callable[[int | None], str]] = {
    "table": lambda columns: network_table(NODES, columns) + "\n",
    "mistake": mistake(AT, AT + 3),
    "mistake-at-begin": mistake(1, 9),
    "mistake-at-end": mistake(len(LONG) - 4, len(LONG) - 2),
    "mistake-of-a-whole-line": mistake(1, len(LONG) + 1),
    "plan": lambda columns: wrapped(PLANNED, columns) + "\n",
}


@pytest.mark.parametrize("columns", [None, 120, 80, 50])
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_as_it_was_and_no_wider_than_the_terminal(
    name: str, columns: int | None
) -> None:
    shown = SCREENS[name](columns)
    golden = FOLDER / f"{name}-{columns or 'file'}.txt"
    if os.environ.get("CONLINK_GOLDEN") == "write":
        golden.write_text(shown)
    assert shown == golden.read_text()
    assert columns is None or max(map(width, shown.splitlines())) <= columns


@pytest.mark.parametrize("columns", [20, 33, 50, 80, 119, None])
def test_the_caret_stands_under_its_words_at_every_width(columns: int | None) -> None:
    for column in range(1, len(LONG) - 10, 37):
        found = Diagnostic("x", "m", Span("f", 1, column, 1, column + 3))
        _, line, caret = render(found, {"f": LONG}, columns).splitlines()
        assert line[caret.index("^") :][:3] == LONG[column - 1 :][:3]
        assert caret.count("^") == 3


def test_a_caret_in_wide_characters_is_where_they_are() -> None:
    line = "日本語" * 100
    found = Diagnostic("x", "m", Span("f", 1, 151, 1, 153))
    _, shown, caret = render(found, {"f": line}, 50).splitlines()
    before = shown[: next(i for i in range(len(shown)) if width(shown[:i]) == caret.index("^"))]
    assert shown[len(before) :][:2] == line[150:152]
    assert caret.count("^") == 4


def test_a_line_of_a_million_characters_costs_no_second() -> None:
    import time

    began = time.monotonic()
    found = Diagnostic("x", "m", Span("f", 1, 500_000, 1, 500_003))
    render(found, {"f": "x" * 1_000_000}, 80)
    assert time.monotonic() - began < 1
