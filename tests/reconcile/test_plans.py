"""Whole plans as text: `plans/<case>/compose.yaml`, what there is before it, and the plan.

`before.yaml` is the file whose network is up already; without it there is nothing yet. `harm.json`
is what of that somebody changed by hand: the key of each thing, and what is seen of it. With
CONLINK_GOLDEN=write the plans are written anew: read the difference before you commit it.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from conlink_compose.compose.locate import Request
from conlink_compose.reading import read
from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.plan import plan
from conlink_compose.state import State
from tests.plan_text import describe_plan

from .declared import all_nodes

PLANS = Path(__file__).parent / "plans"
CASES = sorted(path.parent for path in PLANS.glob("*/compose.yaml"))


def desired(folder: Path, name: str) -> State:
    if not (folder / name).exists():
        return State()
    reading = read(
        Request(files=(name,), project_name="lab", environ={}, working_directory=str(folder))
    )
    assert reading.topology, [diagnostic.message for diagnostic in reading.diagnostics]
    return bind(reading.topology, all_nodes(reading.topology)).state


def actual(folder: Path) -> State:
    state = desired(folder, "before.yaml")
    harm = folder / "harm.json"
    things = dict(state.things)
    for key, seen in json.loads(harm.read_text()) if harm.exists() else ():
        things[tuple(key)] = replace(things[tuple(key)], **seen)
    return State(things)


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_plan(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = plan(desired(folder, "compose.yaml"), actual(folder))
    assert not found.conflicts
    golden = folder / "plan.txt"
    if os.environ.get("CONLINK_GOLDEN") == "write":
        golden.write_text(describe_plan(found.plan))
    assert describe_plan(found.plan) == golden.read_text()


def test_there_are_cases() -> None:
    assert len(CASES) >= 8
