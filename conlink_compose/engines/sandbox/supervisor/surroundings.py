"""What every node of a supervisor shares, and how a child is forked into a pid namespace."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from conlink_compose.ipc.loop import Loop
from conlink_compose.linux.namespaces import NEWPID, setns, unshare

_NOFILE_WANTED = 65536  # five descriptors a node


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`changed(True)` tells that namespaces came or went, `changed(False)` of any other change,
    `wrote()` that a log has grown.

    `own_pidfd` is the supervisor's, `home` the user's home folder, `nofile` the soft limit of
    open files that children get back.
    """

    loop: Loop
    folder: Path
    changed: Callable[[bool], None]
    wrote: Callable[[], None]
    own_pidfd: int
    home: str
    nofile: int

    def fork_into_new(self, child: Callable[[], NoReturn]) -> tuple[int, int]:
        """Fork `child` as PID 1 of a new pid namespace; its pid and a pidfd. Raises `OSError`."""
        unshare(NEWPID)
        pid = self._fork_and_return(child)
        try:
            return pid, os.pidfd_open(pid)
        except OSError:  # no descriptor is left: it has no parent who could ever end it
            os.kill(pid, signal.SIGKILL)
            raise

    def fork_into(self, pidfd: int, child: Callable[[], NoReturn]) -> int:
        """Fork `child` into the pid namespace of `pidfd`'s process. Raises `OSError`."""
        setns(pidfd, NEWPID)
        return self._fork_and_return(child)

    def _fork_and_return(self, child: Callable[[], NoReturn]) -> int:
        # Both calls above choose the pid namespace of the *next children* alone; chosen back
        # after the fork, it leaves the child our own, with a pid that waitpid knows.
        try:
            pid = os.fork()
            if pid == 0:
                child()
        finally:
            setns(self.own_pidfd, NEWPID)
        return pid


def raise_file_limit() -> int:
    """Make room for the pipes of many nodes; the limit that was before."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _NOFILE_WANTED:
        unlimited = hard == resource.RLIM_INFINITY
        wanted = _NOFILE_WANTED if unlimited else min(hard, _NOFILE_WANTED)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return soft
