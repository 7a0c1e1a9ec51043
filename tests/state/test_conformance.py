"""An object of the kernel is one module in `state/`, a way to the kernel, and a row in `cases.py`
with its folder of `plans`: a network of it, how that is edited, and which plans that leads to.

With CONLINK_GOLDEN=write the plans are written anew: read the difference before you commit it.
`tests/kernel/test_objects.py` and `tests/full_kernel/test_objects.py` obey the same plans.
"""

from __future__ import annotations

import os
import pkgutil
from dataclasses import is_dataclass
from importlib import import_module

import pytest

from conlink_compose import state
from conlink_compose.kernel.rtnl.handlers import handler_of
from conlink_compose.kernel.way import way_of
from conlink_compose.state import Operation, Thing
from tests.state.case import HAPPENS
from tests.state.cases import CASES, PLANS
from tests.state.planned import described, desired, plans

OBJECTS = sorted(
    (
        found
        for module in pkgutil.iter_modules(state.__path__)
        for found in vars(import_module(f"{state.__name__}.{module.name}")).values()
        if isinstance(found, type)
        and issubclass(found, Thing)
        and is_dataclass(found)
        and found.__module__ == f"{state.__name__}.{module.name}"
    ),
    key=lambda one: one.__name__,
)


def test_every_object_has_a_row_and_every_row_its_folder() -> None:
    assert {case.of for case in CASES.values()} == set(OBJECTS)
    assert {folder.name for folder in PLANS.iterdir()} == CASES.keys()


@pytest.mark.parametrize("name", CASES)
def test_all_that_can_happen_to_it_has_a_plan_or_a_reason(name: str) -> None:
    case, found = CASES[name], plans(name)
    assert isinstance(desired(name, "add").things[case.key], case.of)
    assert sorted((*found, *case.never)) == sorted(HAPPENS)
    assert case.lane in ("root", "kernel"), "nobody else would obey it"


@pytest.mark.parametrize("name", CASES)
def test_its_plans(name: str) -> None:
    golden = PLANS / name / "plans.txt"
    if os.environ.get("CONLINK_GOLDEN") == "write":
        golden.write_text(described(name))
    assert described(name) == golden.read_text()


@pytest.mark.parametrize("name", CASES)
def test_its_plans_do_what_they_are_called_after(name: str) -> None:
    case, found = CASES[name], plans(name)
    verbs = {
        what: tuple(one.verb for one in planned.plan if one.thing.key == case.key)
        for what, planned in found.items()
    }
    assert verbs == {what: case.done.get(what, HAPPENS[what]) for what in found}
    told = {what for what, planned in found.items() if planned.conflicts}
    assert told <= {"conflict"}


@pytest.mark.parametrize("name", CASES)
def test_somebody_obeys(name: str) -> None:
    """Whatever goes by rtnetlink has a handler; anything else goes a way of its own."""
    thing = desired(name, "add").things[CASES[name].key]
    for verb in ("add", "change", "remove"):
        way, _ = way_of(Operation(verb, thing, "test"))
        if way in ("tell", "ready"):
            handler = handler_of(thing)
            assert callable(handler.tell)
            assert handler.FINE.keys() <= {"add", "change", "remove"}
