"""Each key of the schema has its tests: a row of a table, or tests by their names."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.keys import (
    bridge_rows,
    end_rows,
    link_rows,
    netem_rows,
    route_rows,
    tunnel_rows,
    vlan_rows,
)
from tests.keys.audit import BY_NAME, OF_BOTH_FAMILIES, PARTS
from tests.keys.row import Row
from tests.keys.schema_keys import schema_keys
from tests.keys.shapes import BRIDGE, FAR, FAR_REPLICAS, REPLICAS, WIRE

ROOT = Path(__file__).parents[2]
TABLES = (bridge_rows, end_rows, link_rows, netem_rows, route_rows, tunnel_rows, vlan_rows)
ROWS: dict[str, list[Row]] = {}
for _table in TABLES:
    for _row in _table.ROWS:
        for _key in _row.keys:
            ROWS.setdefault(_key, []).append(_row)


@pytest.mark.parametrize("key", schema_keys())
def test_it_has_its_tests(key: str) -> None:
    held = [key in ROWS, key in BY_NAME, key in PARTS]
    assert any(held), f"{key} needs a row in tests/keys, or its tests named in tests/keys/audit.py"
    assert not (key in BY_NAME and key in PARTS)


def test_no_table_holds_a_key_that_there_is_not() -> None:
    there = set(schema_keys())
    assert (ROWS.keys() | BY_NAME.keys() | PARTS.keys()) <= there
    assert all(any(key.startswith(f"{part}.") for key in there) for part in PARTS.values())


@pytest.mark.parametrize("key", BY_NAME)
def test_what_is_named_is_there_and_what_is_not_says_why(key: str) -> None:
    for named in BY_NAME[key]:
        if named.startswith("no: "):
            continue
        path, _, name = named.partition("::")
        assert name in _tests(path), named


@cache
def _tests(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("key", OF_BOTH_FAMILIES)
def test_rows_of_addresses_are_of_both_families(key: str) -> None:
    told = [repr((row.before, row.after, row.told)) for row in ROWS[key]]
    assert any("::" in one for one in told), "IPv6"
    assert any(re.search(r"\d+\.\d+\.\d+\.\d+", one) and "::" not in one for one in told), "IPv4"


@pytest.mark.parametrize("key", ["ip", "mac", "mtu", "route", "netem", "nat", "ethtool", "up"])
def test_both_ends_are_on_wires_and_bridges_and_of_replicas(key: str) -> None:
    assert {BRIDGE, WIRE, REPLICAS} <= {one for row in ROWS[f"link.{key}"] for one in row.on}
    assert {FAR, FAR_REPLICAS} <= {one for row in ROWS[f"peer.{key}"] for one in row.on}
