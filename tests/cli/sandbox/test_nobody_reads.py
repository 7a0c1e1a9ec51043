"""What goes on showing ends when its reader does."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable

import pytest

from tests.project import Project

TALKS = """
  a:
    command: sh -c "while echo word; do sleep 0.1; done"
    network_mode: none
    x-conlink: {links: [{bridge: lan}]}
"""


@pytest.mark.parametrize("line", ["logs", "logs -f", "status --watch", "up"])
def test_a_line_is_enough_for_head(up: Callable[[str], Project], line: str) -> None:
    lab = up(TALKS)
    piped = f"set -o pipefail; {shlex.join(lab.argv())} {line} | head -1"
    done = subprocess.run(
        ["bash", "-c", piped],
        cwd=lab.folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert (f"{lab.name} stays up" in done.stderr) == (line == "up")
    assert lab.ps()["a-1"]["state"] == "running"
