"""The Compose program that makes the containers."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Sequence
from typing import NoReturn

from conlink_compose.engines.docker import DockerRefusedError

_PATIENCE = 20.0  # seconds for a version


class ComposeProgram:
    """`docker compose` (v2) or `docker-compose` (v1, or v2 by itself)."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.argv = tuple(argv)

    def become(self, words: Sequence[str]) -> NoReturn:
        """This process turns into it, so that exit status, signals and terminal are its own."""
        try:
            os.execvp(self.argv[0], [*self.argv, *words])  # noqa: S606
        except OSError as error:
            raise DockerRefusedError(f"cannot start {self.argv[0]}: {error.strerror}") from error

    def run(self, words: Sequence[str]) -> int:
        """Its exit status, as a shell's, when it has ended. Ctrl-C reaches it from the terminal,
        and it decides what that means."""
        try:
            child = subprocess.Popen([*self.argv, *words])
        except OSError as error:
            raise DockerRefusedError(f"cannot start {self.argv[0]}: {error.strerror}") from error
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        passed = {
            number: signal.signal(number, lambda got, _: child.send_signal(got))
            for number in (signal.SIGTERM, signal.SIGHUP)
        }
        try:
            status = child.wait()
        finally:
            for number, handler in {signal.SIGINT: before, **passed}.items():
                signal.signal(number, handler)
        return status if status >= 0 else 128 - status


def find() -> ComposeProgram:
    """What `CONLINK_COMPOSE` names, else `docker compose`, else `docker-compose`.

    Raises `DockerRefusedError` where there is none.
    """
    if named := os.environ.get("CONLINK_COMPOSE"):
        return ComposeProgram(shlex.split(named))
    if shutil.which("docker") and _answers(("docker", "compose", "version")):
        return ComposeProgram(("docker", "compose"))
    if shutil.which("docker-compose"):
        return ComposeProgram(("docker-compose",))
    raise DockerRefusedError(
        "there is neither `docker compose` nor `docker-compose` on this machine: install one, or "
        "name it in CONLINK_COMPOSE"
    )


def _answers(argv: Sequence[str]) -> bool:
    try:
        done = subprocess.run(
            argv, capture_output=True, stdin=subprocess.DEVNULL, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
