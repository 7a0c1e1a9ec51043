"""`lo` of this process's network namespace: bring it up, and wait for the alias it bears.

A few netlink bytes are packed here by hand: the process that waits is forked once per node, and
must not carry a netlink library.
"""

from __future__ import annotations

import fcntl
import socket
import struct

LO_INDEX = 1  # the first device of every network namespace

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_RTMGRP_LINK = 1
_RTM_NEWLINK, _RTM_GETLINK, _NLM_F_REQUEST = 16, 18, 1
_IFLA_IFALIAS = 20
_HEADER = struct.Struct("=IHHII")
_IFINFO = struct.Struct("=BxHiII")
_ATTRIBUTE = struct.Struct("=HH")


def bring_up() -> None:
    """Raises `OSError`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))


class AliasWatch:
    """Tells when `lo` bears `alias`. Subscribed before it asks, so that no change is lost."""

    def __init__(self, alias: str) -> None:
        self._alias = alias.encode()
        self._socket = socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK, 0
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
            found = found or any(alias == self._alias for alias in lo_aliases(data))

    def _ask(self) -> None:
        body = _IFINFO.pack(socket.AF_UNSPEC, 0, LO_INDEX, 0, 0)
        length = _HEADER.size + len(body)
        self._socket.send(_HEADER.pack(length, _RTM_GETLINK, _NLM_F_REQUEST, 1, 0) + body)


def lo_aliases(data: bytes) -> list[bytes]:
    """The alias in each of `data`'s messages about `lo`; one without an alias is left out."""
    found = []
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, kind = _HEADER.unpack_from(data, offset)[:2]
        if length < _HEADER.size:
            break
        body = data[offset + _HEADER.size : offset + length]
        if kind == _RTM_NEWLINK and _IFINFO.unpack_from(body)[2] == LO_INDEX:
            alias = _attribute(body, _IFINFO.size, _IFLA_IFALIAS)
            found += [alias.rstrip(b"\0")] if alias is not None else []
        offset += (length + 3) & ~3
    return found


def _attribute(body: bytes, offset: int, wanted: int) -> bytes | None:
    while offset + _ATTRIBUTE.size <= len(body):
        length, kind = _ATTRIBUTE.unpack_from(body, offset)
        if length < _ATTRIBUTE.size:
            return None
        if kind == wanted:
            return body[offset + _ATTRIBUTE.size : offset + length]
        offset += (length + 3) & ~3
    return None
