"""Every object of a kernel that this machine's has: the networks of `tests/state/plans`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kernel.lab import Lab
from tests.kernel.obeyed import comes_changes_and_goes, stands_by_hands_of_others
from tests.state.cases import CASES

pytestmark = pytest.mark.root

HERE = [name for name, case in CASES.items() if case.lane == "root"]


@pytest.fixture
def lab(lab_of: Callable[..., Lab]) -> Lab:
    return lab_of("a", "b", "c")


@pytest.mark.parametrize("name", HERE)
def test_it_comes_and_changes_and_goes(lab: Lab, name: str) -> None:
    comes_changes_and_goes(lab, name)


@pytest.mark.parametrize("name", HERE)
def test_it_stands_by_the_hands_of_others(lab: Lab, name: str) -> None:
    stands_by_hands_of_others(lab, name)
