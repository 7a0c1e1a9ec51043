"""The Compose program that makes the containers."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from conlink_compose.engines.docker import DockerRefusedError

_PATIENCE = 20.0  # seconds for a version


_DOCKERS = ("--host", "--context", "--log-level", "--tlscacert", "--tlscert", "--tlskey")
_DOCKERS_FLAGS = ("--debug", "--tls", "--tlsverify")
"""Global options of `docker-compose` that stand before `compose` in `docker compose`."""

_COMPOSES = (
    *("--file", "--project-name", "--profile", "--env-file", "--project-directory"),
    *("--ansi", "--progress", "--parallel", "--workdir"),
)
"""Its own that have a value."""

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_IGNORED_BY_PYTHON = (signal.SIGPIPE, signal.SIGXFSZ)
_BY_THE_KERNEL = 0x80  # SI_KERNEL: it went to all who have the terminal


class ComposeProgram:
    """`docker compose` (v2) or `docker-compose` (v1, or v2 by itself)."""

    def __init__(self, argv: Sequence[str]) -> None:
        self.argv = tuple(argv)

    @property
    def wants_versions(self) -> bool:
        """Whether a file of ours must say the `version` that the user's says. v2 warns of each
        that does; `docker-compose` by itself may be v1, which wants it."""
        return not self._is_plugin

    @property
    def _is_plugin(self) -> bool:
        return Path(self.argv[0]).name == "docker" and self.argv[-1] == "compose"

    def become(self, words: Sequence[str]) -> NoReturn:
        """This process turns into it, so that exit status, signals and terminal are its own."""
        argv = self._command(words)
        sys.stdout.flush()
        sys.stderr.flush()
        for number in _IGNORED_BY_PYTHON:  # what is ignored stays so in the next program
            signal.signal(number, signal.SIG_DFL)
        try:
            os.execvp(argv[0], argv)  # noqa: S606
        except OSError as error:
            raise DockerRefusedError(f"cannot start {argv[0]}: {error.strerror}") from error

    def run(self, words: Sequence[str]) -> int:
        """Its exit status, as a shell's, when it has ended.

        A signal that is sent to this process is sent on, and it decides what that means; Ctrl-C
        has reached it already, from the terminal.
        """
        argv = self._command(words)
        sys.stdout.flush()
        awaited = {*_FORWARDED, signal.SIGCHLD}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
        try:
            child = os.posix_spawnp(
                argv[0], argv, os.environ, setsigmask=before, setsigdef=_IGNORED_BY_PYTHON
            )
            while True:
                pid, status = os.waitpid(child, os.WNOHANG)
                if pid:
                    break
                got = signal.sigwaitinfo(awaited)
                if got.si_signo in _FORWARDED and got.si_code != _BY_THE_KERNEL:
                    os.kill(child, got.si_signo)
        except OSError as error:
            raise DockerRefusedError(f"cannot start {argv[0]}: {error.strerror}") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        code = os.waitstatus_to_exitcode(status)
        return code if code >= 0 else 128 - code

    def output(self, words: Sequence[str]) -> str:
        """What it writes to stdout. Raises `DockerRefusedError` with its words where it fails."""
        argv = self._command(words)
        try:
            done = subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, check=False)
        except OSError as error:
            raise DockerRefusedError(f"cannot start {argv[0]}: {error.strerror}") from error
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()
            raise DockerRefusedError(f"{shlex.join(argv)} ended with {done.returncode}: {said}")
        return done.stdout.decode()

    def _command(self, words: Sequence[str]) -> list[str]:
        """`docker` itself takes what says which engine; `compose` behind it refuses that."""
        if not self._is_plugin:
            return [*self.argv, *words]
        dockers: list[str] = []
        rest = list(words)
        place = 0
        while place < len(rest) and rest[place].startswith("-"):
            length = 2 if rest[place] in _DOCKERS else 1 if rest[place] in _DOCKERS_FLAGS else 0
            dockers += rest[place : place + length]
            del rest[place : place + length]
            place += 0 if length else 2 if rest[place] in _COMPOSES else 1
        return [*self.argv[:-1], *dockers, "compose", *rest]


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
