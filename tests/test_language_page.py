"""docs/language.md says what the schema says, and its examples are right, as are README's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conlink_compose.compose.locate import Request
from conlink_compose.reading import read
from tests.language_page import PAGE, ROOT, SCHEMA, names, written_anew

_EXAMPLE = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXAMPLES = [
    pytest.param(text, id=f"{page.stem}-{number}")
    for page in (PAGE, ROOT / "README.md")
    for number, text in enumerate(_EXAMPLE.findall(page.read_text()), 1)
]


def test_the_tables_are_as_the_schema_has_them() -> None:
    assert PAGE.read_text() == written_anew(PAGE.read_text()), "run python -m tests.language_page"


def test_every_map_of_the_schema_has_its_table() -> None:
    maps = {name for name, value in SCHEMA["definitions"].items() if value.get("properties")}
    assert maps - {"listedBridge"} == {name for name in names() if "." not in name}


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_has_no_mistake(text: str, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(text)
    reading = read(Request(files=("compose.yaml",), environ={}, working_directory=str(tmp_path)))
    assert [found.message for found in reading.diagnostics] == []
    assert reading.topology
    assert reading.topology.links
