"""Our reading of compose files beside that of Compose v2; where they differ, a table says why."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from conlink_compose.diagnostics import has_errors
from conlink_compose.reading import Reading, read
from tests.conformance.compose_config import compose_config
from tests.conformance.reading_of_both import Project, ours, theirs
from tests.error_cases import Case, cases

HERE = Path(__file__).parent
ALL = cases(HERE / "cases")
TABLE: dict[str, dict[str, Any]] = tomllib.loads((HERE / "differences.toml").read_text())

# Go's collector is off: a third of the time of a program that reads one small file.
ENVIRON = {"HOME": "/home/nobody", "PATH": "/usr/bin", "GOGC": "off"}


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_both_read_the_same(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", ENVIRON["HOME"])
    request = case.request(ENVIRON)
    reading = read(request)
    config, said = compose_config(request)
    found = _differences(reading, config)
    expected = TABLE.get(case.name, {}).get("differ", [])
    assert sorted(found) == sorted(expected), _explained(found, reading, said)


def test_each_row_of_the_table_has_a_case_and_a_reason() -> None:
    assert set(TABLE) <= {case.name for case in ALL}
    for row in TABLE.values():
        assert set(row) == {"differ", "because"}
        assert row["differ"]
        assert row["because"]


def _differences(reading: Reading, config: dict[str, Any] | None) -> dict[str, str]:
    """What differs -> both values. Empty also where both refuse the project."""
    refused = has_errors(reading.diagnostics)
    if config is None:
        return {} if refused else {"accepted by us alone": ""}
    if refused:
        return {"refused by us alone": ""}
    return _of_values(ours(reading), theirs(config))


def _of_values(our: Project, their: Project) -> dict[str, str]:
    if set(our) != set(their):
        return {"services": f"{sorted(our)}, Compose: {sorted(their)}"}
    return {
        f"{name}.{key}": f"{value!r}, Compose: {their[name][key]!r}"
        for name, service in our.items()
        for key, value in service.items()
        if value != their[name][key]
    }


def _explained(found: dict[str, str], reading: Reading, said: str) -> str:
    told = [f"we say {one.code}: {one.message}" for one in reading.diagnostics]
    return "\n".join([*(f"{key}: {both}" for key, both in found.items()), *told, said])
