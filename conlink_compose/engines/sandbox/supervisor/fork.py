"""Forking a child into a pid namespace, and the pipes between it and the supervisor."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, NoReturn

from conlink_compose.linux.namespaces import NEWPID, setns, unshare


def fork_into_new(own_pidfd: int, child: Callable[[], NoReturn]) -> tuple[int, int]:
    """Fork `child` as PID 1 of a new pid namespace; its pid and a pidfd. `own_pidfd` is this
    process's. Raises `OSError`."""
    unshare(NEWPID)
    pid = _fork_and_return(own_pidfd, child)
    try:
        return pid, os.pidfd_open(pid)
    except OSError:  # no descriptor is left: it has no parent who could ever end it
        os.kill(pid, signal.SIGKILL)
        raise


def fork_into(own_pidfd: int, pidfd: int, child: Callable[[], NoReturn]) -> int:
    """Fork `child` into the pid namespace of `pidfd`'s process; its pid. Raises `OSError`."""
    setns(pidfd, NEWPID)
    return _fork_and_return(own_pidfd, child)


def _fork_and_return(own_pidfd: int, child: Callable[[], NoReturn]) -> int:
    # Both calls above choose the pid namespace of the *next children* alone; chosen back
    # after the fork, it leaves the child our own, with a pid that waitpid knows.
    try:
        pid = os.fork()
        if pid == 0:
            child()
    finally:
        setns(own_pidfd, NEWPID)
    return pid


class Pipe(NamedTuple):
    reader: int
    writer: int


class Pipes(list[Pipe]):
    def __init__(self) -> None:
        super().__init__()
        self.kept: set[int] = set()

    def keep(self, *ends: int) -> None:
        """These ends stay open."""
        self.kept.update(ends)


@contextmanager
def open_pipes(count: int) -> Iterator[Pipes]:
    """None of their ends is left open by accident: all are closed when the block is left, but
    those that are kept.

    Raises `OSError` where there are not enough descriptors; then none is left open either.
    """
    pipes = Pipes()
    try:
        for _ in range(count):
            pipes.append(Pipe(*os.pipe2(os.O_CLOEXEC)))
        yield pipes
    finally:
        for pipe in pipes:
            for end in pipe:
                if end not in pipes.kept:
                    os.close(end)
