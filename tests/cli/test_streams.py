"""Where the outputs are closed, full, or read by nobody any more."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "services: {a: {network_mode: none, x-conlink: {links: [{bridge: lan, ip: 10.0.0.1/24}]}}}\n"
COMMANDS = {
    "check": 0,
    "check --format json": 0,
    "plan": 0,
    "plan --exit-code": 4,
    "schema": 0,
    "render": 0,
    "status": 3,
    "ps": 3,
    "exec a true": 3,
    "logs": 3,
    "restart": 3,
    "down": 0,
    "nonsense": 2,
    "--help": 0,
    "--version": 0,
    "up --help": 0,
    "-f bad.yaml check": 1,
    "-f bad.yaml up": 1,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(GOOD.replace("ip:", "ipp:"))
    return tmp_path


def run(folder: Path, line: str, redirected: str) -> subprocess.CompletedProcess[str]:
    program = shlex.join([sys.executable, "-m", "conlink_compose", "-p", "nobody-reads"])
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} {line} {redirected}"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("redirected", [">&-", "2>&-", ">&- 2>&-", "<&-", "2>/dev/full"])
@pytest.mark.parametrize("line", COMMANDS)
def test_a_closed_stream_changes_no_status_and_shows_no_traceback(
    folder: Path, line: str, redirected: str
) -> None:
    done = run(folder, line, redirected)
    assert "Traceback" not in done.stderr
    assert done.returncode == COMMANDS[line]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_reader_that_has_gone_changes_no_status_and_shows_no_traceback(
    folder: Path, line: str
) -> None:
    done = run(folder, line, "2>&1 | true")
    assert not done.stderr
    assert done.returncode == COMMANDS[line]


def test_a_full_disk_is_one_sentence(folder: Path) -> None:
    done = run(folder, "plan", ">/dev/full")
    assert done.stderr == "error: the output: No space left on device\n"
    assert done.returncode == 1


def test_no_file_takes_the_place_of_a_closed_stream(folder: Path) -> None:
    """What is opened next would get the lowest free number, and our words with it."""
    done = run(folder, "-f compose.yaml check", "<&- >&- 2>&-")
    assert (done.returncode, (folder / "compose.yaml").read_text()) == (0, GOOD)
