"""What a user is told of nodes whose process has ended, and what the counts mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project import eventually, project
from tests.runtime.test_network import up_until

pytestmark = pytest.mark.namespaces

TEXT = """
services:
  a:
    network_mode: none
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  b:
    network_mode: none
    command: COMMAND
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.2/24}]}
"""


def of(command: str, **more: str) -> str:
    keys = "".join(f"\n    {key}: {value}" for key, value in more.items())
    return TEXT.replace("COMMAND", command + keys)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("sh -c 'echo first; echo no route >&2; exit 3'", "ended with 3, and wrote last:\n    "),
        ("'false'", "ended with 1, and wrote nothing\n"),
        ("sh -c 'sleep 0.2; exit 1'", "ended with 1, and wrote nothing\n"),
    ],
)
def test_a_process_that_failed_is_named_with_its_last_words(
    tmp_path: Path, command: str, told: str
) -> None:
    with project(tmp_path, of(command)) as lab:
        for _ in range(2):  # it is begun again, and fails again
            done = lab.run("up", "-d", "--wait", check=False)
            assert done.returncode == 1
            assert f"error: b-1 has {told}" in done.stderr
            assert "not all up: 1 of 2 nodes, 1 of 2 links" in done.stderr
            assert ("no route" in done.stderr) == ("no route" in command)


def test_a_process_that_fails_again_and_again_is_named(tmp_path: Path) -> None:
    with project(tmp_path, of("sh -c 'exit 4'", restart="always")) as lab:
        done = lab.run("up", "-d", "--wait", check=False)
        assert done.returncode == 1
        assert "error: b-1 has ended with 4 and is started again" in done.stderr
        assert "not all up: 1 of 2 nodes" in done.stderr


def test_a_process_that_finds_its_feet_is_up(tmp_path: Path) -> None:
    once = f"sh -c '[ -e {tmp_path}/been ] || {{ touch {tmp_path}/been; exit 1; }}; sleep 1000'"
    with project(tmp_path, of(once, restart="always")) as lab:
        assert "up: 2 of 2 nodes, 2 of 2 links" in lab.up().stderr


def test_a_job_that_ended_well_is_no_failure_and_is_told(tmp_path: Path) -> None:
    with project(tmp_path, of("'true'")) as lab:
        told = lab.up().stderr
        assert f"{lab.name}: up: 1 of 2 nodes, 1 of 2 links in " in told
        assert told.endswith("; b-1 has ended with 0\n")


def test_a_node_begun_anew_is_not_told_by_its_last_end(tmp_path: Path) -> None:
    with project(tmp_path, of("sh -c 'trap \"exit 9\" TERM; sleep 1000 & wait'")) as lab:
        lab.up()
        for _ in range(3):
            told = lab.up("--force-recreate").stderr
            assert "ended with" not in told
            assert "2 of 2 nodes" in told


def test_what_is_no_longer_declared_is_neither_counted_nor_judged(tmp_path: Path) -> None:
    with project(tmp_path, of("sh -c 'exit 5'")) as lab:
        assert lab.run("up", "-d", "--wait", check=False).returncode == 1
        lab.write(TEXT[: TEXT.index("  b:")])
        told = lab.up().stderr
        assert "left running, though no longer in the files: b-1" in told
        assert ": up: 1 of 1 nodes, 1 of 1 links in " in told
        assert told.count("b-1") == 1


def test_check_counts_as_up_does(tmp_path: Path) -> None:
    text = """
services:
  a:
    network_mode: none
    scale: 3
    x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}
  b:
    network_mode: none
    x-conlink: {links: [{service: c, dev: eth1}, {bridge: lan, ip: 10.0.0.9/24}]}
  c: {network_mode: none}
"""
    with project(tmp_path, text) as lab:
        assert ": 5 nodes, 5 links, no mistakes" in lab.run("check").stdout
        assert ": up: 5 of 5 nodes, 5 of 5 links in " in lab.up().stderr


def test_an_end_by_another_hand_is_told(tmp_path: Path) -> None:
    with project(tmp_path, of("sh -c 'echo hello; exec sleep 1000'")) as lab:
        attached = up_until(lab, "hello")
        lab.run("down", "-t", "0")
        rest = attached.communicate(timeout=30)[0]
        assert attached.returncode == 1
        assert f"{lab.name} is no longer up: it was ended from elsewhere" in rest
        eventually(lambda: not lab.processes())
