"""The Compose program: which it is, how it is called, and its end."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from conlink_compose.engines.docker import DockerRefusedError
from conlink_compose.engines.docker.compose import ComposeProgram, find

LINE = ["--project-name", "--host", "--ansi", "never", "--host", "tcp://x", "--tls", "up", "--tls"]


def shell(script: str) -> ComposeProgram:
    return ComposeProgram(["sh", "-c", script])


def test_what_is_docker_s_stands_before_compose() -> None:
    argv = ComposeProgram(["/usr/bin/docker", "compose"])._command(LINE)
    assert argv == [
        *("/usr/bin/docker", "--host", "tcp://x", "--tls", "compose"),
        *("--project-name", "--host", "--ansi", "never", "up", "--tls"),
    ]
    assert ComposeProgram(["docker-compose"])._command(LINE) == ["docker-compose", *LINE]


@pytest.mark.parametrize(
    ("script", "status"), [("exit 0", 0), ("exit 9", 9), ("kill -TERM $$", 143)]
)
def test_it_ends_with_the_program_s_status(script: str, status: int) -> None:
    assert shell(script).run([]) == status


def test_what_it_writes_or_why_not() -> None:
    assert shell("echo a; echo b >&2").output([]) == "a\n"
    with pytest.raises(DockerRefusedError, match="ended with 3: no such thing"):
        shell("echo no such thing >&2; exit 3").output([])


def test_a_program_that_is_not_there() -> None:
    for call in (ComposeProgram(["/nowhere"]).run, ComposeProgram(["/nowhere"]).output):
        with pytest.raises(DockerRefusedError, match="cannot start /nowhere: No such file"):
            call([])


def test_the_one_that_is_named_or_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CONLINK_COMPOSE", raising=False)
    with pytest.raises(DockerRefusedError, match="neither `docker compose` nor `docker-compose`"):
        find()
    _program(tmp_path / "docker-compose", "exit 0")
    assert find().argv == ("docker-compose",)
    _program(tmp_path / "docker", "exit 1")
    assert find().argv == ("docker-compose",), "a docker without the plugin"
    _program(tmp_path / "docker", "exit 0")
    assert find().argv == ("docker", "compose")
    monkeypatch.setenv("CONLINK_COMPOSE", "my compose -v")
    assert find().argv == ("my", "compose", "-v")


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


RUN = "import sys; from conlink_compose.engines.docker.compose import ComposeProgram as C; "
COUNTS = """
import signal, sys, time
got = []
signal.signal(signal.SIGINT, lambda *_: got.append(1))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(50 + len(got)))
print("waiting", flush=True)
while True: time.sleep(0.05)
"""


@pytest.mark.parametrize("by_terminal", [True, False])
def test_an_interrupt_reaches_it_once(by_terminal: bool) -> None:
    """The terminal's goes to the whole group, `kill`'s to us alone."""
    pid, terminal = pty.fork()
    if pid == 0:
        argv = [sys.executable, "-c", COUNTS]
        code = f"{RUN} sys.exit(C({argv!r}).run([]))"
        os.execv(sys.executable, [sys.executable, "-c", code])
    assert b"waiting" in os.read(terminal, 100)
    if by_terminal:
        os.write(terminal, b"\x03")
        os.read(terminal, 100)  # the ^C that it shows
    else:
        os.kill(pid, 2)
    subprocess.run(["sleep", "0.5"], check=True)
    os.kill(pid, 15)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 51
