"""The words of Compose that the sandbox has, typed as a user would: real namespaces, as anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.project import Project, project

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.namespaces)


@pytest.fixture
def up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Project]]:
    """Brings the sandbox up with the services of that text."""
    monkeypatch.setenv("CONLINK_ENGINE", "sandbox")
    with ExitStack() as stack:

        def bring_up(services: str) -> Project:
            made = stack.enter_context(project(tmp_path, f"services:\n{services}"))
            made.run("up", "-d")
            return made

        yield bring_up
