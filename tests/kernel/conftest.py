"""A lab for each test that asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.kernel.lab import Lab


@pytest.fixture
def lab_of() -> Iterator[Callable[..., Lab]]:
    """Makes labs, and closes them."""
    made: list[Lab] = []

    def make(*nodes: str) -> Lab:
        made.append(Lab(*nodes))
        return made[-1]

    yield make
    for lab in made:
        lab.close()


@pytest.fixture
def lab(lab_of: Callable[..., Lab]) -> Lab:
    """A hub and the nodes a and b."""
    return lab_of("a", "b")
