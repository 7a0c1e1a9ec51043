"""Which tests make namespaces, told by the fixtures they ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

_ENGINES = Path(__file__).parent / "engines"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        makes_nodes = "lab" in getattr(item, "fixturenames", ())
        if makes_nodes and item.path.is_relative_to(_ENGINES):
            item.add_marker(pytest.mark.namespaces)
