"""Messages that add and remove addresses."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.kernel.rtnl.messages_link import promote_secondaries
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, u8, u32
from conlink_compose.state import PROTOCOL, Address, Operation, Verb

_HEAD = struct.Struct("=BBBBI")


class Prefix(NamedTuple):
    """An address or a network as the kernel takes it."""

    family: int
    packed: bytes
    length: int


@lru_cache(maxsize=1 << 14)
def prefix(cidr: str) -> Prefix:
    """`10.0.0.1/24` or `fd00::1/64`."""
    address, _, length = cidr.partition("/")
    family = family_of(address)
    return Prefix(family, socket.inet_pton(family, address), int(length))


def family_of(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


FINE: Mapping[Verb, tuple[int, ...]] = {"remove": (errno.EADDRNOTAVAIL,)}


def tell(operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
    del lookup
    address = operation.thing
    assert isinstance(address, Address)
    if operation.verb != "remove":
        return (add(address, ifindex),)
    gone = remove(address, ifindex)
    return (gone,) if ":" in address.cidr else (promote_secondaries(ifindex), gone)


def add(address: Address, ifindex: int) -> Request:
    return Request(
        uapi.RTM_NEWADDR, uapi.NLM_F_CREATE | uapi.NLM_F_EXCL, _body(address.cidr, ifindex, True)
    )


def remove(address: Address, ifindex: int) -> Request:
    return Request(uapi.RTM_DELADDR, 0, _body(address.cidr, ifindex, False))


def dump_addresses() -> Request:
    return Request(uapi.RTM_GETADDR, 0, _HEAD.pack(socket.AF_UNSPEC, 0, 0, 0, 0))


def _body(cidr: str, ifindex: int, new: bool) -> bytes:
    family, packed, length = prefix(cidr)
    parts = [
        _HEAD.pack(family, length, 0, 0, ifindex),
        attribute(uapi.IFA_LOCAL, packed),
        attribute(uapi.IFA_ADDRESS, packed),
    ]
    if new:
        parts.append(u8(uapi.IFA_PROTO, PROTOCOL))
        if family == socket.AF_INET6:
            # Without it the address is tentative for a second or two and no packet leaves from
            # it. That no address is declared twice in a broadcast domain is checked beforehand.
            parts.append(u32(uapi.IFA_FLAGS, uapi.IFA_F_NODAD))
    return b"".join(parts)
