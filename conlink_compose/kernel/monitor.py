"""Wakes when links, addresses or routes change, in the hub or in any node.

One socket in the hub hears all namespaces to which the hub gave an nsid
(NETLINK_LISTEN_ALL_NSID). What an event says is never used, so the receive buffer is small:
an overflow wakes as well as an event does, and a storm costs next to nothing.
"""

from __future__ import annotations

import errno
import socket

from conlink_compose.linux import uapi

_GROUPS = (
    uapi.RTNLGRP_LINK,
    uapi.RTNLGRP_IPV4_IFADDR,
    uapi.RTNLGRP_IPV6_IFADDR,
    uapi.RTNLGRP_IPV4_ROUTE,
    uapi.RTNLGRP_IPV6_ROUTE,
)
_BUFFER = 8192


class Monitor:
    """`raw` was made in the hub. Raises OSError where the kernel refuses the membership."""

    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw
        raw.setblocking(False)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        # Only a bound socket is told anything; a request would bind it, but it sends none.
        raw.bind((0, 0))
        raw.setsockopt(uapi.SOL_NETLINK, uapi.NETLINK_LISTEN_ALL_NSID, 1)
        for group in _GROUPS:
            raw.setsockopt(uapi.SOL_NETLINK, uapi.NETLINK_ADD_MEMBERSHIP, group)

    def fileno(self) -> int:
        return self._raw.fileno()

    def drain(self) -> None:
        """Forget the events so far."""
        while True:
            try:
                self._raw.recv(1)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise

    def close(self) -> None:
        self._raw.close()
