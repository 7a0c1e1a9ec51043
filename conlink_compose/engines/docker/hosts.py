"""Namespace hosts: each a process of ours that holds a network namespace and does nothing else."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
from collections.abc import Iterable, Sequence
from shlex import quote
from typing import NoReturn

from conlink_compose.engines.docker.lives import PROC, started_at
from conlink_compose.linux import sysctls
from conlink_compose.linux.loopback import bring_up
from conlink_compose.linux.namespaces import NEWNET, NEWUTS, sethostname, unshare
from conlink_compose.topology import Command, Life, Service

_log = logging.getLogger(__name__)

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


def late_sysctls(hosts: Iterable[Service]) -> tuple[Command, ...]:
    """Commands that set the sysctls of interfaces, which come with the links."""
    return tuple(
        Command(host.owner, ("sh", "-c", f"printf %s {quote(value)} >/proc/sys/{quote(path)}"))
        for host in hosts
        for name, value in host.sysctls
        for path in [sysctls.sysctl_path(name)]
        if sysctls.of_loopback(name)
    )


def _begin(name: str, settings: Settings) -> int:
    """The pid of a holder whose namespaces stand. Raises `OSError`."""
    reader, writer = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        _hold(name, settings, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        errno, refused = json.loads(answer.read())
    for sysctl, number in refused:
        _log.warning("%s: cannot set the sysctl %s: %s", name, sysctl, os.strerror(number))
    if errno:
        os.waitpid(pid, 0)
        raise OSError(errno, f"cannot make the host {name}: {os.strerror(errno)}")
    return pid


def _hold(name: str, settings: Settings, writer: int) -> NoReturn:
    """Become the holder, and say on `writer`, as JSON, what went wrong: an errno and what the
    kernel said of which sysctls."""
    try:
        unshare(NEWNET | NEWUTS)
        sethostname(name)
        bring_up()
        sysctls.see_them_writable()
        refused = _set(settings)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        sleep = shutil.which("sleep") or "/bin/sleep"
        os.write(writer, json.dumps([0, refused]).encode())
        os.execve(sleep, [TITLE.format(name), "infinity"], {})  # noqa: S606
    except OSError as error:
        os.write(writer, json.dumps([error.errno, []]).encode())
    finally:
        os._exit(1)


def _set(settings: Settings) -> list[tuple[str, int]]:
    """Set those that no interface brings along; which of them the kernel refused, and why."""
    refused: list[tuple[str, int]] = []
    for name, value in settings:
        if sysctls.of_loopback(name) or sysctls.refusal(name):
            continue
        try:
            sysctls.write(name, value)
        except OSError as error:
            refused.append((name, error.errno or 0))
    return refused
