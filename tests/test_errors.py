"""Every mistake is told in exactly these words, at exactly this place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose import bridges, compose, document, engines, language, links, workloads
from tests.error_cases import FOLDER, Case, cases

ALL = cases()


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_the_words(case: Case) -> None:
    assert case.told() == case.expected.read_text()


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_an_error_leaves_no_topology(case: Case) -> None:
    reading = case.reading()
    errors = [diagnostic for diagnostic in reading.diagnostics if diagnostic.is_error]
    assert (reading.topology is None) == bool(errors)
    assert case.diagnostics()


def test_no_words_without_a_case() -> None:
    expected = {case.expected for case in ALL}
    left = {path for path in FOLDER.rglob("*.txt") if path not in expected}
    assert not left


def test_every_code_has_a_case_and_every_case_a_code() -> None:
    told = {diagnostic.code for case in ALL for diagnostic in case.diagnostics()}
    assert told == set(_codes())


_ROOMS = (document, compose, language, links, bridges, workloads, engines)


def _codes() -> Iterator[str]:
    """The codes in the sources: what an error begins with, a table `..._CODES`, a `code`."""
    for room in _ROOMS:
        for file in Path(*room.__path__).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and _tells(node.func):
                    yield from (text for text in _texts(node.args[:1]) if _is_code(text))
                elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    yield from _assigned(node.targets[0].id, node.value)


def _assigned(name: str, value: ast.expr) -> Iterator[str]:
    if name.endswith("_CODES") and isinstance(value, ast.Dict):
        yield from _texts(value.values)
    elif name == "code" and isinstance(value, ast.IfExp):
        yield from (text for text in _texts([value.body, value.orelse]) if _is_code(text))


def _tells(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("error", "warning", "Diagnostic", "_tell", "wrong", "_stop")


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for root in nodes:
        for node in ast.walk(root):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _is_code(text: str) -> bool:
    return re.fullmatch("[a-z]+(-[a-z]+)+", text) is not None
