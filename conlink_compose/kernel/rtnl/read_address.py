"""Addresses as a dump brings them."""

from __future__ import annotations

import ipaddress
import os
import socket
import struct
from typing import NamedTuple

from conlink_compose.linux import uapi
from conlink_compose.linux.attributes import Attributes
from conlink_compose.state import PROTOCOL

_HEAD = struct.Struct("=BBBBI")
_ADDRESS = Attributes(
    {uapi.IFA_LOCAL: b"", uapi.IFA_ADDRESS: b"", uapi.IFA_FLAGS: None, uapi.IFA_PROTO: 0}
)


class AddressRecord(NamedTuple):
    """`ours` tells that the address bears our mark, `prefixed` that the kernel keeps a route to its
    prefix, `secondary` that of an IPv4 prefix another address is the first."""

    ifindex: int
    cidr: str
    ours: bool
    made_by_kernel: bool
    lasting: bool
    prefixed: bool
    secondary: bool


def _marks_are_kept() -> bool:
    """IFA_PROTO came with Linux 5.18; an older kernel takes it silently and forgets it."""
    major, minor = os.uname().release.split(".")[:2]
    digits = "".join(character for character in minor if character.isdigit())
    return (int(major), int(digits)) >= (5, 18)


MARKS_ARE_KEPT = _marks_are_kept()


def read_address(buffer: bytes, start: int, end: int) -> AddressRecord | None:
    """None of the loopback's, which do not matter."""
    family, length, few_flags, scope, ifindex = _HEAD.unpack_from(buffer, start)
    if ifindex == uapi.LOOPBACK_IFINDEX:
        return None
    local, address, flags, protocol = _ADDRESS.read(buffer, start + _HEAD.size, end)
    # IFA_ADDRESS is the far side's on a point-to-point link; IPv6 names IFA_LOCAL only there.
    packed = local or address
    flags = few_flags if flags is None else flags
    ours = protocol == PROTOCOL
    link_local = scope == uapi.RT_SCOPE_LINK and family == socket.AF_INET6
    lasting = bool(flags & uapi.IFA_F_PERMANENT)
    cidr = f"{shortest(family, packed)}/{length}"
    prefixed = not flags & uapi.IFA_F_NOPREFIXROUTE and packed == address
    secondary = family == socket.AF_INET and bool(flags & uapi.IFA_F_SECONDARY)
    return AddressRecord(ifindex, cidr, ours, link_local and not ours, lasting, prefixed, secondary)


def shortest(family: int, packed: bytes | memoryview) -> str:
    """An address as `ipaddress` writes it: libc writes some IPv6 ones with a dotted tail."""
    if family == socket.AF_INET6 and packed[:8] == bytes(8):
        return str(ipaddress.IPv6Address(bytes(packed)))
    return socket.inet_ntop(family, packed)
