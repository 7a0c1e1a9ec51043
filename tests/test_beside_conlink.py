"""Each test that docs/beside-conlink.md names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"`(tests/[^`]+)`", (ROOT / "docs" / "beside-conlink.md").read_text())


@pytest.mark.parametrize("named", NAMED)
def test_the_page_names_tests_that_are_there(named: str) -> None:
    file, _, function = named.partition("::")
    path = ROOT / file
    assert path.exists()
    if function:
        tree = ast.parse(path.read_text())
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_it_names_some() -> None:
    assert len(NAMED) > 9
