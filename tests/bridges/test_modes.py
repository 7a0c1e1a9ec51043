"""Every mode of a bridge is one module, and the language may ask each what it takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conlink_compose import bridges
from conlink_compose.topology import Bridge

SCHEMA = Path(__file__).parents[2] / "schemas" / "x-conlink.schema.json"


def modes_of_the_language() -> set[str]:
    found = json.loads(SCHEMA.read_text())["definitions"]["bridge"]["properties"]["mode"]["enum"]
    return set(found)


@pytest.mark.parametrize("name", bridges.modes())
def test_a_mode_offers_what_the_middle_asks_of_it(name: str) -> None:
    mode = bridges.mode(name)
    assert isinstance(mode.RULES, bridges.Rules)
    assert isinstance(mode.IS_INTERFACE, bool)
    assert mode.IS_INTERFACE or not mode.ENSLAVES
    assert callable(mode.needs)
    assert callable(mode.expand)
    assert callable(mode.on_ports)
    assert (Path(__file__).parent / f"test_{name}.py").exists()


@pytest.mark.parametrize("name", sorted(modes_of_the_language()))
def test_the_language_may_ask_every_mode_for_its_rules(name: str) -> None:
    keys = json.loads(SCHEMA.read_text())["definitions"]["link"]["properties"]
    assert bridges.rules(name).port_keys <= keys.keys()


def test_every_mode_can_be_written_and_brought_up() -> None:
    assert {*bridges.modes(), bridges.AUTO} == modes_of_the_language()


def test_the_ports_of_each_mode() -> None:
    assert bridges.modes_with("vlan") == ["linux", "ovs"]
    assert bridges.modes_with("isolated") == ["linux"]


def test_a_patch_has_two_ends_and_auto_as_many_as_come() -> None:
    def told(mode: str, ends: int) -> list[str]:
        return [found.code for found in bridges.rules(mode).check_ends(Bridge("p"), ends)]

    assert told("patch", 2) == []
    assert told("patch", 3) == told("patch", 0) == ["patch-ends"]
    assert told("auto", 5000) == told("ovs", 5000) == []
