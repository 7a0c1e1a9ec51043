"""Every kind of link is one module, one branch in the schema and one test file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conlink_compose import links

SCHEMA = Path(__file__).parents[2] / "schemas" / "x-conlink.schema.json"


def kinds_of_the_language() -> set[str]:
    found = json.loads(SCHEMA.read_text())["definitions"]["link"]["properties"]["type"]["enum"]
    return set(found)


@pytest.mark.parametrize("name", links.kinds())
def test_a_kind_offers_what_the_middle_asks_of_it(name: str) -> None:
    kind = links.kind(name)
    assert isinstance(kind.RULES, links.Rules)
    assert isinstance(kind.NEEDS, frozenset)
    assert callable(kind.check)
    assert callable(kind.expand)
    assert (Path(__file__).parent / f"test_{name}.py").exists()


def test_every_kind_can_be_written() -> None:
    assert set(links.kinds()) <= kinds_of_the_language()


@pytest.mark.parametrize("name", sorted(kinds_of_the_language()))
def test_the_language_may_ask_every_kind_for_its_rules(name: str) -> None:
    keys = json.loads(SCHEMA.read_text())["definitions"]["link"]["properties"]
    assert set(links.rules(name).needs) <= keys.keys()


def test_an_unknown_kind_is_no_module() -> None:
    with pytest.raises(KeyError):
        links.kind("../os")
