"""The runtime itself, told by the kernel alone, puts back all that is taken away at once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conlink_compose.state import HUB
from tests.keys.end_rows import OF_BOTH_ENDS
from tests.keys.link_rows import OF_LINKS
from tests.keys.network import Asked
from tests.keys.row import Row
from tests.keys.shapes import REPLICAS, Said
from tests.project import Project, eventually, project

pytestmark = pytest.mark.root

OF_END = [row for row in OF_BOTH_ENDS if row.key in ("mac", "mtu", "route", "ethtool")]
OF_END += [row for row in OF_BOTH_ENDS if row.after == {"nat": "fd00::3"}]  # one a link
OF_PORT = [row for row in OF_LINKS if row.key == "link.isolated"]


class Nodes:
    """Of a project, where a row looks for those of a lab."""

    def __init__(self, lab: Project) -> None:
        self._lab = lab

    def run(self, label: str, *argv: str) -> subprocess.CompletedProcess[str]:
        if label == HUB:
            return subprocess.CompletedProcess(argv, 0, self._lab.in_hub(*argv), "")
        return self._lab.run("exec", label, *argv, check=False)


def test_all_that_is_taken_away_comes_back(tmp_path: Path) -> None:
    rows = [*OF_END, *OF_PORT]
    with project(tmp_path, REPLICAS.text(_all(rows))) as lab:
        lab.up()
        every = [Asked(Nodes(lab), row, REPLICAS) for row in rows]
        expected = [one.expected(1) for one in every]
        assert [one.now() for one in every] == expected
        for one in every:
            one.by_hand()
        eventually(lambda: [one.now() for one in every] == expected)
        assert "nothing to do" in lab.plan()
        assert "WARNING" not in lab.runtime_log()


def _all(rows: list[Row]) -> Said:
    """What the rows say, in one link. Routes are several."""
    said: Said = {}
    for row in rows:
        for key, value in row.after.items():
            more = value if isinstance(value, list) else [value]
            said[key] = [*said.get(key, ()), *more] if key == "route" else value
    return said
