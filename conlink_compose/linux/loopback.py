"""`lo` of the network namespace this thread is in. The numbers are those of linux/sockios.h."""

from __future__ import annotations

import fcntl
import socket
import struct

from conlink_compose.linux import uapi

_SIOCGIFFLAGS, _SIOCSIFFLAGS = 0x8913, 0x8914


def bring_up() -> None:
    """Raises `OSError`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | uapi.IFF_UP))
