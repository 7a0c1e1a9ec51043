"""IP datagrams, and what routers and listeners say of groups, as whole frames of bytes."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address

from tests.kernel.raw_frames import frame

IP, IPV6 = b"\x08\x00", b"\x86\xdd"
UDP, ICMPV6, IGMP = 17, 58, 2
PORT = 5555
_ROUTER_ALERT = {4: b"\x94\x04\0\0", 6: b"\x3a\0\x05\x02\0\0\x01\0"}


def mac_of(group: str) -> str:
    """The Ethernet group that stands for it."""
    raw = ip_address(group).packed
    found = b"\x33\x33" + raw[-4:] if len(raw) == 16 else b"\x01\0\x5e" + _low(raw)
    return found.hex(":")


def _low(raw: bytes) -> bytes:
    return bytes((raw[1] & 0x7F, raw[2], raw[3]))


def datagram(source: str, to: str, payload: bytes, mac: str = "") -> bytes:
    """To the group's own MAC where none is given."""
    near, far = ip_address(source), ip_address(to)
    length = 8 + len(payload)
    head = struct.pack(">HHHH", PORT, PORT, length, 0)
    check = _checksum(_pseudo(near, far, length, UDP) + head + payload) or 0xFFFF
    whole = head[:6] + struct.pack(">H", check) + payload
    return _packet(near, far, UDP, whole, mac or mac_of(to))


def query(source: str) -> bytes:
    """A router asks who listens to any group; all answer within a tenth of a second."""
    near = ip_address(source)
    if near.version == 4:
        asked = struct.pack(">BBHI", 0x11, 1, 0, 0)
        asked = asked[:2] + struct.pack(">H", _checksum(asked)) + asked[4:]
        return _packet(near, ip_address("224.0.0.1"), IGMP, asked, mac_of("224.0.0.1"), alert=True)
    far = ip_address("ff02::1")
    asked = struct.pack(">BBHHH", 130, 0, 0, 100, 0) + bytes(16)
    check = _checksum(_pseudo(near, far, len(asked), ICMPV6) + asked)
    asked = asked[:2] + struct.pack(">H", check) + asked[4:]
    return _packet(near, far, ICMPV6, asked, mac_of("ff02::1"), alert=True)


def _packet(
    near: IPv4Address | IPv6Address,
    far: IPv4Address | IPv6Address,
    protocol: int,
    body: bytes,
    mac: str,
    *,
    alert: bool = False,
) -> bytes:
    more = _ROUTER_ALERT[near.version] if alert else b""
    hops = 1 if alert else 8
    if near.version == 6:
        first = 0 if alert else protocol
        head = struct.pack(">IHBB", 6 << 28, len(more) + len(body), first, hops)
        return frame(mac, head + near.packed + far.packed + more + body, IPV6)
    words, size = 5 + len(more) // 4, 20 + len(more) + len(body)
    head = struct.pack(">BBHHHBBH", 0x40 | words, 0, size, 0, 0, hops, protocol, 0)
    head += near.packed + far.packed + more
    head = head[:10] + struct.pack(">H", _checksum(head)) + head[12:]
    return frame(mac, head + body, IP)


def _pseudo(
    near: IPv4Address | IPv6Address, far: IPv4Address | IPv6Address, length: int, protocol: int
) -> bytes:
    tail = ">HH" if near.version == 4 else ">II"
    numbers = (protocol, length) if near.version == 4 else (length, protocol)
    return near.packed + far.packed + struct.pack(tail, *numbers)


def _checksum(data: bytes) -> int:
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
