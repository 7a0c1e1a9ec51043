"""Attributes of netlink messages: a length, a type, a payload, padded to four bytes (RFC 3549)."""

from __future__ import annotations

import struct
import sys

from conlink_compose.kernel.uapi import NLA_F_NESTED, NLA_TYPE_MASK

_HEADER = struct.Struct("=HH")
_U32 = struct.Struct("=HHI")
_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")


def attribute(kind: int, payload: bytes) -> bytes:
    length = 4 + len(payload)
    return _HEADER.pack(length, kind) + payload + _PADDING[length & 3]


def u8(kind: int, value: int) -> bytes:
    return attribute(kind, bytes((value,)))


def u16(kind: int, value: int) -> bytes:
    return attribute(kind, struct.pack("=H", value))


def u32(kind: int, value: int) -> bytes:
    return _U32.pack(8, kind, value)


def text(kind: int, value: str) -> bytes:
    """A string with the closing zero byte that the kernel's NUL_STRING policy asks for."""
    return attribute(kind, value.encode() + b"\0")


def nest(kind: int, *parts: bytes) -> bytes:
    return attribute(kind | NLA_F_NESTED, b"".join(parts))


def parse(buffer: bytes | memoryview, start: int, end: int) -> dict[int, memoryview]:
    """The payloads of the attributes between two offsets, by type; of a repeated one the last."""
    view = memoryview(buffer)
    found: dict[int, memoryview] = {}
    unpack = _HEADER.unpack_from
    while start + 4 <= end:
        length, kind = unpack(view, start)
        if length < 4:
            break
        found[kind & NLA_TYPE_MASK] = view[start + 4 : start + length]
        start += (length + 3) & ~3
    return found


def number(payload: memoryview) -> int:
    """An unsigned number of any width, in the machine's byte order."""
    return int.from_bytes(payload, sys.byteorder)


def words(payload: memoryview) -> str:
    return bytes(payload).rstrip(b"\0").decode(errors="replace")
