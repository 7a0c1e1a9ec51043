"""The shipped schema is sound, explains itself, and means the same to both validators."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from conlink_compose.language import schema
from tests.error_cases import Case, cases
from tests.language.reading import codes, compose

SCHEMA = json.loads(schema.schema_text())
ROOT = Path(__file__).parents[2]


def _parts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(part, dict):
        yield path, part
        for key, value in part.items():
            yield from _parts(value, f"{path}/{key}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from _parts(value, f"{path}/{index}")


def _declared_keys() -> Iterator[tuple[str, Any]]:
    """Every key a user may write, with its schema; the branches by type repeat keys only."""
    for path, part in _parts(SCHEMA):
        if path.endswith("/properties") and "/allOf/" not in path:
            yield from ((f"{path}/{key}", value) for key, value in part.items())


def test_it_is_a_sound_draft_7_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert jsonschema_rs.meta.is_valid(SCHEMA)


@pytest.mark.parametrize(("path", "part"), list(_declared_keys()))
def test_every_key_has_a_title_and_a_description(path: str, part: dict[str, Any]) -> None:
    if "$ref" in part:
        part = SCHEMA["definitions"][part["$ref"].removeprefix("#/definitions/")]
    assert part["title"]
    assert part["description"].endswith(".")


def test_nothing_is_fetched_from_elsewhere() -> None:
    refs = [part["$ref"] for _, part in _parts(SCHEMA) if isinstance(part.get("$ref"), str)]
    assert refs
    assert all(ref.startswith("#/definitions/") for ref in refs)


def test_every_map_of_ours_is_closed() -> None:
    for path, part in _parts(SCHEMA["definitions"]):
        if "properties" in part and "/allOf/" not in path and not path.endswith("/properties"):
            assert "additionalProperties" in part, path


def test_every_value_that_can_be_wrong_says_what_is_expected() -> None:
    for path, part in _parts(SCHEMA["definitions"]):
        if isinstance(part.get("type"), list | str) and "title" in part:
            assert part["errorMessage"].startswith("takes "), path


def test_examples_and_defaults_are_valid() -> None:
    checked = 0
    for path, part in _parts(SCHEMA["definitions"]):
        values = part.get("examples", []) + ([part["default"]] if "default" in part else [])
        if isinstance(part.get("title"), str):
            validator = jsonschema.Draft7Validator(part | {"definitions": SCHEMA["definitions"]})
            for value in values:
                assert validator.is_valid(value), (path, value)
                checked += 1
    assert checked > 50


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_both_validators_agree(case: Case) -> None:
    document = case.reading().document
    if document is not None:
        slow = jsonschema.Draft7Validator(SCHEMA).is_valid(document.tree)
        assert jsonschema_rs.Draft7Validator(SCHEMA).is_valid(document.tree) == slow
        assert slow == (not schema.check(document))
        assert slow == (not schema.refused_paths(document))


def test_the_wheel_has_it() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert wheel["targets"]["wheel"]["force-include"]["schemas"] == "conlink_compose/schemas"
    assert (ROOT / "schemas" / schema.FILE).read_text() == schema.schema_text()


@pytest.mark.parametrize("value", [".nan", ".inf", "1e400", "99999999999999999999999"])
def test_a_number_that_is_none_is_told_too(value: str) -> None:
    text = f"services: {{web: {{network_mode: none, x-conlink: {{links: [{{mtu: {value}}}]}}}}}}"
    assert codes(text) in (["wrong-type"], ["bad-value"])


def test_all_mistakes_are_told_at_once() -> None:
    links = [{"bridge": "lan", "mtu": "big", "ipp": 1, "up": "x"}, {"dev": "v", "type": "veht"}, 5]
    assert sorted(codes(compose(web=links))) == [
        *("unknown-key", "unknown-type", "wrong-type", "wrong-type", "wrong-type"),
    ]
