"""A compose file that cannot be read does not stand between a user and what runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.commands.test_render import GOOD, run

BROKEN = "name: no-such-lab\n" + GOOD.replace("a:", "a: [")
IN_SANDBOX = {"CONLINK_ENGINE": "sandbox"}


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("down",), 0, "no-such-lab was not up"),
        (("ps",), 3, "project no-such-lab is not up"),
        (("status",), 3, "project no-such-lab is not up"),
        (("logs",), 3, "project no-such-lab is not up"),
        (("exec", "a", "true"), 3, "project no-such-lab is not up"),
        (("restart",), 3, "project no-such-lab is not up"),
        (("-p", "other", "down"), 0, "other was not up"),
    ],
)
def test_the_name_is_all_that_is_wanted_of_it(
    tmp_path: Path, words: tuple[str, ...], status: int, sentence: str
) -> None:
    (tmp_path / "compose.yaml").write_text(BROKEN)
    done = run(tmp_path, *words, **IN_SANDBOX)
    assert done.returncode == status
    assert sentence in done.stderr.decode()
    assert b"error[" not in done.stderr
    told = b"compose.yaml cannot be read (`conlink-compose check` tells why)" in done.stderr
    assert told == ("-p" not in words)


def test_a_plan_for_programs_has_the_mistakes_in_it(tmp_path: Path) -> None:
    for text in (BROKEN, GOOD.replace("ip:", "ipp:")):
        (tmp_path / "compose.yaml").write_text(text)
        checked = json.loads(run(tmp_path, "check", "--format", "json", **IN_SANDBOX).stdout)
        planned = run(tmp_path, "plan", "--format", "json", **IN_SANDBOX)
        assert planned.returncode == 1
        assert json.loads(planned.stdout) == {"operations": [], "problems": checked}
        assert planned.stderr == b""
