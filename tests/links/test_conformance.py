"""A kind of link is one module, one branch in the schema, one test of its own, and a folder of
`plans`: what it is, how it is edited, and which plans that leads to.

With CONLINK_GOLDEN=write the plans are written anew: read the difference before you commit it.
`tests/full_kernel/test_kinds.py` obeys the same plans in a kernel.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from conlink_compose import links
from tests.links.cases import DEV, NODE, PLANS, describe, plans

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


def test_every_kind_of_the_language_can_be_brought_up_and_every_other_is_none() -> None:
    assert set(links.kinds()) == kinds_of_the_language()


@pytest.mark.parametrize("name", sorted(kinds_of_the_language()))
def test_the_language_may_ask_every_kind_for_its_rules(name: str) -> None:
    keys = json.loads(SCHEMA.read_text())["definitions"]["link"]["properties"]
    assert {*links.rules(name).needs, *filter(None, (links.rules(name).unlike,))} <= keys.keys()


@pytest.mark.parametrize("name", links.kinds())
def test_its_plans(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PLANS / name)
    golden = PLANS / name / "plans.txt"
    if os.environ.get("CONLINK_GOLDEN") == "write":
        golden.write_text(describe(name))
    assert describe(name) == golden.read_text()


@pytest.mark.parametrize("name", links.kinds())
def test_its_plans_do_what_they_are_called_after(name: str) -> None:
    key = ("interface", NODE, DEV)
    found = {what: planned.on_links for what, planned in plans(name).items()}
    verbs = {what: [op.verb for op in of if op.thing.key == key] for what, of in found.items()}
    assert verbs["add"] == verbs["taken away"] == ["add"]
    assert verbs["change"] == verbs["drift"] == ["change"]
    assert verbs["replace"] == ["remove", "add"]
    assert verbs["remove"] == ["remove"]
    assert verbs["conflict"] == []
    told = {what: len(planned.conflicts) for what, planned in plans(name).items()}
    assert told == {**dict.fromkeys(found, 0), "conflict": 1}


def test_an_unknown_kind_is_no_module() -> None:
    with pytest.raises(KeyError):
        links.kind("../os")
