"""The tables of docs/language.md, made from the schema.

`python -m tests.language_page` writes them anew.
A table stands between `<!-- keys of NAME -->` and `<!-- end -->`; NAME leads to a map of keys in
the schema, as `link` or `link.vlan`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from conlink_compose.language.schema_errors import kinds_with

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "language.md"
SCHEMA = json.loads((ROOT / "schemas" / "x-conlink.schema.json").read_text())
_TABLE = re.compile(r"<!-- keys of (?P<name>[\w.]+) -->\n.*?<!-- end -->", re.DOTALL)


def names() -> list[str]:
    return [found["name"] for found in _TABLE.finditer(PAGE.read_text())]


def written_anew(page: str) -> str:
    """The page with every table as the schema has it now."""
    return _TABLE.sub(
        lambda found: f"<!-- keys of {found['name']} -->\n{table(found['name'])}<!-- end -->", page
    )


def table(name: str) -> str:
    rows = "".join(_row(name, key, value) for key, value in keys_of(name).items())
    return f"| key | takes | what it says |\n|---|---|---|\n{rows}"


def keys_of(name: str) -> dict[str, Any]:
    first, *steps = name.split(".")
    value = SCHEMA["definitions"][first]
    for step in steps:
        value = value["properties"][step]
    return {key: _followed(value) for key, value in value["properties"].items()}


def _followed(value: dict[str, Any]) -> dict[str, Any]:
    reference = value.get("$ref")
    found: dict[str, Any] = SCHEMA["definitions"][reference.split("/")[-1]] if reference else value
    return found


def _row(name: str, key: str, value: dict[str, Any]) -> str:
    takes = value["errorMessage"].removeprefix("takes ")
    if "enum" in value and isinstance(value["enum"][0], str):
        takes = ", ".join(f"`{one}`" for one in value["enum"])
    words = [value["description"]]
    if name == "link":
        words += _only_for(key)
    if "default" in value:
        words.append(f"Default: `{json.dumps(value['default']).strip(chr(34))}`.")
    return f"| `{key}` | {_cell(takes)} | {_cell(' '.join(words))} |\n"


def _only_for(key: str) -> list[str]:
    link = SCHEMA["definitions"]["link"]
    kinds = kinds_with(link, key)
    every = link["properties"]["type"]["enum"]
    return [] if len(kinds) == len(every) else [f"Only for {', '.join(kinds)}."]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(written_anew(PAGE.read_text()))
