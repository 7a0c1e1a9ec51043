"""The objects that not every kernel has: the networks of `tests/state/plans`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.lab import Lab
from tests.kernel.obeyed import comes_changes_and_goes, stands_by_hands_of_others
from tests.kernel.ovs_lab import wait_for_handlers
from tests.state.cases import CASES
from tests.state.ovs import OVS

HERE = [name for name, case in CASES.items() if case.lane == "kernel"]


@pytest.fixture(name="lab")
def lab_fixture(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    made = Lab("a", "b")
    if request.getfixturevalue("name") in OVS:
        wait_for_handlers()
        made.with_ovs(tmp_path / "ovs")
    yield made
    made.close()


@pytest.mark.parametrize("name", HERE)
def test_it_comes_and_changes_and_goes(lab: Lab, name: str) -> None:
    comes_changes_and_goes(lab, name)


@pytest.mark.parametrize("name", HERE)
def test_it_stands_by_the_hands_of_others(lab: Lab, name: str) -> None:
    stands_by_hands_of_others(lab, name)
