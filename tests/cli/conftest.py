"""Tests that start the whole program, one Python a test, have a lane of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

_WHOLE = (
    "test_commands.py",
    "test_streams.py",
    "test_terminal.py",
    "wrapper/test_run.py",
    "commands/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            name = item.path.relative_to(here).as_posix()
            if name.startswith(_WHOLE):
                item.add_marker(pytest.mark.program)
