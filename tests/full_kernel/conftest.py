"""Tests in the kernel of .ci/kernel, which has every kind of link and every qdisc. Where it lacks
one, they fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.lab import Lab


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.kernel)


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A hub and the nodes a and b."""
    made = Lab("a", "b")
    yield made
    made.close()
