"""Sockets that listen in nodes for datagrams, to addresses of theirs and to groups."""

from __future__ import annotations

import select
import socket
import struct
from ipaddress import ip_address

from conlink_compose.linux.namespaces import in_each_network
from tests.kernel.datagrams import PORT
from tests.kernel.lab import Lab


def listener(lab: Lab, node: str, *groups: str) -> socket.socket:
    """For both families, and those groups on its eth0."""

    def make() -> socket.socket:
        made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("::", PORT))
        for group in groups:
            join(made, group)
        return made

    (found,) = in_each_network((lab.fds[node],), make)
    assert isinstance(found, socket.socket), found
    return found


def join(listening: socket.socket, group: str) -> None:
    """On the eth0 of the node that this thread is in."""
    index = socket.if_nametoindex("eth0")
    raw = ip_address(group).packed
    if len(raw) == 4:
        request = raw + bytes(4) + struct.pack("=i", index)
        listening.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
    else:
        request = raw + struct.pack("=i", index)
        listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, request)


def taken(listening: socket.socket, seconds: float = 0.3) -> set[bytes]:
    """What has come, and what comes yet."""
    found = set()
    while select.select([listening], [], [], seconds)[0]:
        found.add(listening.recv(2048))
    return found
