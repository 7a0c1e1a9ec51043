"""What is said and shown of netem, on whichever kernel this is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose.kernel.kinds import missing_here
from conlink_compose.state.netem import NETEM, SEED
from tests.project import Project, project


def with_netem(words: str) -> str:
    link = f"{{bridge: lan, ip: 10.0.0.1/24, netem: {words}}}"
    node = f"{{network_mode: none, command: sleep 1000, x-conlink: {{links: [{link}]}}}}"
    return f"services:\n  a: {node}\n"


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("CONLINK_ENGINE", "sandbox")
    with project(tmp_path) as made:
        yield made


def test_a_kernel_without_netem_is_told_of_before_anything_starts(lab: Project) -> None:
    lab.write(with_netem("delay 10ms loss 1%"))
    for command in (("plan",), ("up", "-d")):
        done = lab.run(*command, check=False)
        if NETEM in missing_here((NETEM,)):
            assert done.returncode == 1
            assert (
                "compose.yaml:2:106: error[kernel-lacks]: this machine's kernel has no netem"
                in (done.stderr)
            )
            assert "help: load its module (modprobe sch_netem)" in done.stderr
            assert not lab.processes()
        else:
            assert done.returncode == 0, done.stderr


def test_a_rate_alone_comes_up_everywhere_and_is_shown(lab: Project) -> None:
    lab.write(with_netem("rate 10mbit"))
    by_tbf = NETEM in missing_here((NETEM,))
    before = lab.plan()
    assert f"{'tbf' if by_tbf else 'netem'} a-1:eth0 rate 10mbit" in before
    lab.run("up", "-d")
    assert "nothing to do" in lab.plan()
    shown = f"up, rate 10mbit{' (tbf)' if by_tbf else ''}"
    assert shown in lab.run("ps").stdout
    (eth0,) = lab.ps()["a-1"]["interfaces"]
    assert eth0["state"] == "up"
    assert eth0["netem"][0].startswith("tbf rate" if by_tbf else "netem rate")
    lab.write(with_netem("rate 20mbit"))
    (change,) = json.loads(lab.run("plan", "--format", "json").stdout)["operations"]
    assert change["cause"].startswith("rate 10mbit -> 20mbit")
    lab.run("up", "-d")
    assert "rate 20mbit" in lab.run("ps").stdout


def test_a_seed_that_the_kernel_does_not_take_is_a_warning(lab: Project) -> None:
    lab.write(with_netem("rate 10mbit seed 42"))
    missing = missing_here((NETEM, SEED))
    done = lab.run("plan", check=False)
    assert ("error[kernel-lacks]" in done.stderr) == (NETEM in missing)
    assert ("warning[kernel-lacks]" in done.stderr) == (missing == {SEED})
