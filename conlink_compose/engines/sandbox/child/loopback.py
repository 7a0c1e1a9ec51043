"""`lo` of this process's network namespace: wait for the alias it bears.

The process that waits is forked once per node, so it carries no more of netlink than this takes.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import message, messages, parse
from conlink_compose.linux.uapi import LOOPBACK_IFINDEX as LO

_RTMGRP_LINK = 1
_IFINFO = struct.Struct("=BxHiII")  # struct ifinfomsg


class AliasWatch:
    """Tells when `lo` bears `alias`. Subscribed before it asks, so that no change is lost."""

    def __init__(self, alias: str) -> None:
        self._alias = alias.encode()
        self._socket = socket.socket(
            socket.AF_NETLINK,
            socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK,
            uapi.NETLINK_ROUTE,
        )
        self._socket.bind((0, _RTMGRP_LINK))
        self._ask()

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def is_there(self) -> bool:
        """Read what has come. True once a message showed the alias."""
        found = False
        while True:
            try:
                data = self._socket.recv(1 << 16)
            except BlockingIOError:
                return found
            except OSError:  # ENOBUFS: messages were lost, so the present state must be asked for
                self._ask()
                continue
            found = found or any(alias == self._alias for alias in _lo_aliases(data))

    def _ask(self) -> None:
        body = _IFINFO.pack(socket.AF_UNSPEC, 0, LO, 0, 0)
        self._socket.send(message(uapi.RTM_GETLINK, uapi.NLM_F_REQUEST, 1, body))


def _lo_aliases(received: bytes) -> Iterator[bytes]:
    """The alias in each of the messages about `lo`; one without an alias is left out."""
    for one in messages(received):
        if one.kind == uapi.RTM_NEWLINK and _IFINFO.unpack_from(one.buffer, one.start)[2] == LO:
            found = parse(one.buffer, one.start + _IFINFO.size, one.end)
            if uapi.IFLA_IFALIAS in found:
                yield bytes(found[uapi.IFLA_IFALIAS]).rstrip(b"\0")
