"""Wakes when links, addresses, routes, tc or packet rules change, in the hub or in any node.

One socket in the hub hears all namespaces to which the hub gave an nsid
(NETLINK_LISTEN_ALL_NSID). What an event says is never used, so the receive buffer is small:
an overflow wakes as well as an event does, and a storm costs next to nothing.

But for each event of a namespace the kernel searches the list of all those that the hub calls by a
number (net/core/net_namespace.c, __peernet2id): what we do to a thousand nodes ourselves we do
not listen to.
"""

from __future__ import annotations

import errno
import os
import select
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from conlink_compose.linux import uapi
from conlink_compose.linux.nf_tables import NFNLGRP_NFTABLES

_GROUPS = (
    uapi.RTNLGRP_LINK,
    uapi.RTNLGRP_TC,
    uapi.RTNLGRP_IPV4_IFADDR,
    uapi.RTNLGRP_IPV6_IFADDR,
    uapi.RTNLGRP_IPV4_ROUTE,
    uapi.RTNLGRP_IPV6_ROUTE,
)
_BUFFER = 8192


class HasFileno(Protocol):
    def fileno(self) -> int: ...


class Monitor:
    """`raw` was made in the hub. Raises OSError where the kernel refuses the membership."""

    def __init__(self, raw: socket.socket) -> None:
        self._heard: list[socket.socket] = []
        self._ready = select.epoll()
        self._missed = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._ready.register(self._missed, select.EPOLLIN)
        self._hear(raw, _GROUPS)

    @property
    def hears_rules(self) -> bool:
        return len(self._heard) > 1

    def hear_rules(self, raw: socket.socket) -> None:
        """Of packet rules too; `raw` is a NETLINK_NETFILTER socket made in the hub. Most networks
        have none, and are not woken by those of others."""
        self._hear(raw, (NFNLGRP_NFTABLES,))

    def hear_settings(self) -> None:
        """Of who forwards, too, and of the few other sysctls that the kernel tells of: rp_filter,
        proxy_arp, ignore_routes_with_linkdown (net/ipv4/devinet.c). That twice is once."""
        netconf = (uapi.RTNLGRP_IPV4_NETCONF, uapi.RTNLGRP_IPV6_NETCONF)
        self._join(uapi.NETLINK_ADD_MEMBERSHIP, netconf)

    def hear_also(self, source: HasFileno) -> None:
        """Of what another backend is told. It is drained there, and no longer heard once it is
        closed (epoll(7))."""
        self._ready.register(source, select.EPOLLIN)

    def _hear(self, raw: socket.socket, groups: Iterable[int]) -> None:
        raw.setblocking(False)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        # Only a bound socket is told anything; a request would bind it, but it sends none.
        raw.bind((0, 0))
        raw.setsockopt(uapi.SOL_NETLINK, uapi.NETLINK_LISTEN_ALL_NSID, 1)
        for group in groups:
            raw.setsockopt(uapi.SOL_NETLINK, uapi.NETLINK_ADD_MEMBERSHIP, group)
        self._heard.append(raw)
        self._ready.register(raw, select.EPOLLIN)

    def fileno(self) -> int:
        return self._ready.fileno()

    def drain(self) -> None:
        """Forget the events so far."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._missed)
        for raw in self._heard:
            _drain(raw)

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Meanwhile no event is heard of links, addresses and routes. Afterwards it is taken for
        granted that there were some."""
        self._join(uapi.NETLINK_DROP_MEMBERSHIP, _GROUPS)
        try:
            yield
        finally:
            self._join(uapi.NETLINK_ADD_MEMBERSHIP, _GROUPS)
            os.eventfd_write(self._missed, 1)

    def _join(self, option: int, groups: Iterable[int]) -> None:
        for group in groups:
            self._heard[0].setsockopt(uapi.SOL_NETLINK, option, group)

    def close(self) -> None:
        self._ready.close()
        os.close(self._missed)
        for raw in self._heard:
            raw.close()


def _drain(raw: socket.socket) -> None:
    while True:
        try:
            raw.recv(1)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
