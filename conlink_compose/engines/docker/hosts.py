"""Namespace hosts: each a process of ours that holds a network namespace and does nothing else."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterable, Sequence
from typing import NoReturn

from conlink_compose.engines.docker.lives import PROC, started_at
from conlink_compose.linux import sysctls
from conlink_compose.linux.loopback import bring_up
from conlink_compose.linux.namespaces import NEWIPC, NEWNET, NEWUTS, sethostname, unshare
from conlink_compose.topology import Life, Service

Settings = Sequence[tuple[str, str]]
"""Names of sysctls and their values."""

TITLE = "mininet:{}"
"""What `pgrep -f` finds the holder of a host by."""


class Hosts:
    """They are children of the runtime and end with its container."""

    def __init__(self) -> None:
        self._pids: dict[str, int] = {}

    def hold(self, hosts: Iterable[Service]) -> dict[str, Life]:
        """The life of each host by its name; one that has none, or lost it, gets one.

        Raises `OSError` where the kernel forbids it.
        """
        return {host.owner.name: self._life(host.owner.name, host.sysctls) for host in hosts}

    def _life(self, name: str, settings: Settings) -> Life:
        pid = self._pids.get(name, 0)
        started = started_at(pid) if pid else None
        if started is None:
            self._bury(pid)
            pid = self._pids[name] = _begin(name, settings)
            started = started_at(pid)
        return Life(f"{name}@{pid}.{started}", f"{PROC}/{pid}/ns/net")

    def _bury(self, pid: int) -> None:
        if pid:
            os.waitpid(pid, os.WNOHANG)


def _begin(name: str, settings: Settings) -> int:
    """The pid of a holder whose namespaces stand. Raises `OSError`."""
    reader, writer = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        _hold(name, settings, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        errno = int(answer.read())
    if errno:
        os.waitpid(pid, 0)
        raise OSError(errno, f"cannot make the host {name}: {os.strerror(errno)}")
    return pid


def _hold(name: str, settings: Settings, writer: int) -> NoReturn:
    """Become the holder, and say the errno of what went wrong on `writer`, or 0."""
    try:
        unshare(NEWNET | NEWUTS | NEWIPC)
        sethostname(name)
        bring_up()
        sysctls.see_them_writable()
        sysctls.write_beforehand(settings)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        sleep = shutil.which("sleep") or "/bin/sleep"
        os.write(writer, b"0")
        os.execve(sleep, [TITLE.format(name), "infinity"], {})  # noqa: S606
    except OSError as error:
        os.write(writer, str(error.errno).encode())
    finally:
        os._exit(1)
