"""Namespaces: moving into them and back, and telling one from another.

Python 3.11 lacks unshare and setns. The numbers are those of linux/sched.h. unshare(2) and
setns(2) move the calling thread alone, but for NEWPID, which chooses the namespace of its next
children. A thread that goes into a stranger's network comes back before anything else happens, and
never forks there: a fork would copy a thread that stands in the wrong place.

What names a namespace are three things: our label for it, a path that opens it, and a descriptor.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

from conlink_compose.linux.libc import check, libc

NEWNS = 0x00020000
NEWUTS = 0x04000000
NEWIPC = 0x08000000
NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000

_HERE = "/proc/thread-self/ns/net"
"""`/proc/self` is the main thread, which may stand elsewhere."""

Made = TypeVar("Made")


class Identity(NamedTuple):
    """Which namespace a descriptor means. A path or a pid may come to mean another one later;
    while a descriptor is open, its pair of numbers is not given to a second namespace."""

    device: int
    inode: int


def unshare(flags: int) -> None:
    """Move into new namespaces; NEWPID holds for the next children only. Raises `OSError`."""
    check(libc.unshare(ctypes.c_int(flags)))


def setns(fd: int, flags: int) -> None:
    """Join the namespace of the descriptor, or the namespaces `flags` of a pidfd's process, in one
    call (Linux 5.8). Raises `OSError`.

    The kernel takes the user namespace first, so the others may be joined with the rights it gives.
    """
    # os.setns came with Python 3.12.
    check(libc.setns(ctypes.c_int(fd), ctypes.c_int(flags)))


def sethostname(name: str) -> None:
    """Needs a UTS namespace of one's own, or it names the machine. Raises `OSError`."""
    encoded = name.encode()
    check(libc.sethostname(encoded, len(encoded)))


def open_namespace(path: str) -> int:
    """A descriptor of the namespace at `path`. Raises `OSError`."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def identity(fd: int) -> Identity:
    status = os.fstat(fd)
    return Identity(status.st_dev, status.st_ino)


def identity_at(path: str) -> Identity:
    """As `identity`, without a descriptor. Raises `OSError`."""
    status = os.stat(path)  # noqa: PTH116 -- Path takes three times as long, for each node
    return Identity(status.st_dev, status.st_ino)


def in_each_network(fds: Sequence[int], make: Callable[[], Made]) -> list[Made | OSError]:
    """What `make` returns in each of the network namespaces, or why it could not.

    Raises `OSError` (EMFILE) where not one descriptor is left for the way back.
    """
    made: list[Made | OSError] = []
    with _coming_back():
        for fd in fds:
            try:
                setns(fd, NEWNET)
                made.append(make())
            except OSError as error:
                made.append(error)
    return made


def in_new_network(make: Callable[[], Made]) -> Made:
    """What `make` returns in a new network namespace, which lives as long as what was made holds
    it. Raises `OSError` (EPERM without CAP_SYS_ADMIN)."""
    with _coming_back():
        unshare(NEWNET)
        return make()


@contextmanager
def _coming_back() -> Iterator[None]:
    home = open_namespace(_HERE)
    try:
        yield
    finally:
        try:
            setns(home, NEWNET)
        finally:
            os.close(home)
