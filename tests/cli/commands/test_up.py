"""What `up` says before it does anything."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands.test_render import GOOD, run


def test_the_sandbox_that_nobody_chose_is_told_at_up(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(GOOD.replace("ip:", "ipp:"))
    chosen = "sandbox" if Path("/var/run/docker.sock").exists() else ""
    done = run(tmp_path, "up", "-d", DOCKER_HOST="", DOCKER_CONTEXT="", CONLINK_ENGINE=chosen)
    assert (b"there is no Docker on this machine" in done.stderr) == (not chosen)
