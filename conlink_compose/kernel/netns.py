"""Network namespaces: going in to make a socket, and back out.

setns(2) moves the calling thread alone. A netlink socket belongs for ever to the namespace
it was made in, so a thread goes in once for each node, with nothing in between, and never
forks: a fork would copy a thread that stands in a stranger's namespace.
"""

from __future__ import annotations

import ctypes
import os
import resource
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from conlink_compose.kernel.uapi import NETLINK_ROUTE

CLONE_NEWNET = 0x40000000
_HERE = "/proc/thread-self/ns/net"
"""`/proc/self` is the main thread, which may stand elsewhere."""

_libc = ctypes.CDLL(None, use_errno=True)


class Identity(NamedTuple):
    """Which namespace a descriptor means. A path or a pid may come to mean another one later;
    while a descriptor is open, its pair of numbers is not given to a second namespace."""

    device: int
    inode: int


def identity(netns: int) -> Identity:
    status = os.fstat(netns)
    return Identity(status.st_dev, status.st_ino)


def identity_at(path: str) -> Identity:
    """As `identity`, without a descriptor. Raises OSError."""
    status = Path(path).stat()
    return Identity(status.st_dev, status.st_ino)


def open_netns(path: str) -> int:
    """A descriptor of the namespace at `path`. Raises OSError."""
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def route_sockets(namespaces: Sequence[int]) -> list[socket.socket | OSError]:
    """A NETLINK_ROUTE socket in each of the namespaces, or why there can be none.

    Raises OSError (EMFILE) where not one descriptor is left for the way back.
    """
    made: list[socket.socket | OSError] = []
    with _coming_back():
        for netns in namespaces:
            try:
                _enter(netns)
                made.append(_route_socket())
            except OSError as error:
                made.append(error)
    return made


def scratch_socket() -> socket.socket:
    """A NETLINK_ROUTE socket in a new namespace, which ends when the socket is closed.

    Raises OSError (EPERM without CAP_SYS_ADMIN).
    """
    with _coming_back():
        _check(_libc.unshare(CLONE_NEWNET))
        return _route_socket()


def raise_file_limit() -> None:
    """Two descriptors a node, as long as it is known: the usual soft limit of 1,024 would be
    reached with 500 nodes. The hard limit may be as low; then `observe` says EMFILE."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextmanager
def _coming_back() -> Iterator[None]:
    home = open_netns(_HERE)
    try:
        yield
    finally:
        try:
            _enter(home)
        finally:
            os.close(home)


def _route_socket() -> socket.socket:
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    return socket.socket(socket.AF_NETLINK, kind, NETLINK_ROUTE)


def _enter(netns: int) -> None:
    # os.setns came with Python 3.12.
    _check(_libc.setns(netns, CLONE_NEWNET))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
