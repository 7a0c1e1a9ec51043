"""Which tests make namespaces, told by their fixtures; which examples hypothesis tries."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A commit is judged by the same examples wherever it is tested. New ones are looked for with
# `pytest --hypothesis-profile=explore`, and what they find becomes a test of its own.
# None has a deadline: what an example takes says how busy the machine is.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("same")

# Where a docker command is, docker is the engine; the tests of that one say so themselves.
os.environ.setdefault("CONLINK_ENGINE", "sandbox")

_ENGINES = Path(__file__).parent / "engines"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        makes_nodes = "lab" in getattr(item, "fixturenames", ())
        as_anybody = makes_nodes and not item.get_closest_marker("root")
        if as_anybody and item.path.is_relative_to(_ENGINES):
            item.add_marker(pytest.mark.namespaces)
