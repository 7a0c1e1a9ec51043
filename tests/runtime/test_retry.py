"""How often the runtime tries again what it could not do."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.project import Project, eventually, project

pytestmark = pytest.mark.namespaces

NODE = """
x-conlink: {runtime: {log_level: debug}}
services:
  a:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: [10.0.0.1/24, 10.1.0.1/24]}]}
"""


def test_pauses_grow_while_nothing_happens_and_begin_anew_when_something_does(
    tmp_path: Path,
) -> None:
    with project(tmp_path, NODE) as lab:
        lab.up()

        lab.inside("a", "ip", "route", "replace", "10.0.0.0/24", "via", "10.1.0.9")
        eventually(lambda: pauses(lab)[-1] > 1.4)
        before = len(pauses(lab))
        lab.inside("a", "ip", "link", "add", "mine", "type", "bridge")
        eventually(lambda: len(pauses(lab)) >= before + 4)
        short = [pause for pause in pauses(lab)[before:] if pause < 1]
        assert len(short) >= 2, "one may lie between a retry and what woke it"


def pauses(lab: Project) -> list[float]:
    """Between one pass and the next, in seconds, as the log has it."""
    told = [line.split()[0] for line in lab.runtime_log().splitlines() if "a pass of " in line]
    times = [datetime.fromisoformat(time) for time in told]
    return [(after - before).total_seconds() for before, after in pairwise(times)]
