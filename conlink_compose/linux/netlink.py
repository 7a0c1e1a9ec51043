"""Netlink's bytes: messages with their header, and attributes (RFC 3549).

An attribute is a length, a type and a payload. Messages and attributes are padded to four bytes.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from typing import NamedTuple

from conlink_compose.linux.uapi import NLA_F_NESTED, NLA_TYPE_MASK

HEADER = struct.Struct("=IHHII")  # struct nlmsghdr: length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")  # struct nlattr
_U32 = struct.Struct("=HHI")
_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")


class Body(NamedTuple):
    """`buffer[start:end]`, of what was received, is what a message holds behind its header."""

    buffer: bytes
    start: int
    end: int


class Message(NamedTuple):
    """One message of what was received: `buffer[start:end]` is its body."""

    kind: int
    flags: int
    sequence: int
    buffer: bytes
    start: int
    end: int


def message(kind: int, flags: int, sequence: int, body: bytes) -> bytes:
    return HEADER.pack(HEADER.size + len(body), kind, flags, sequence, 0) + body


def messages(received: bytes) -> Iterator[Message]:
    """Those in what one receive brought. A broken length ends the reading."""
    size, unpack = HEADER.size, HEADER.unpack_from
    start, behind = 0, len(received)
    while start + size <= behind:
        length, kind, flags, sequence, _ = unpack(received, start)
        if length < size:
            break
        yield Message(kind, flags, sequence, received, start + size, start + length)
        start += (length + 3) & ~3


def attribute(kind: int, payload: bytes) -> bytes:
    length = 4 + len(payload)
    return _ATTRIBUTE.pack(length, kind) + payload + _PADDING[length & 3]


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


def listed(payload: bytes | memoryview) -> Iterator[tuple[int, memoryview]]:
    """The attributes of a nest in which one type comes several times, in their order."""
    view = memoryview(payload)
    start = 0
    while start + 4 <= len(view):
        length, kind = _ATTRIBUTE.unpack_from(view, start)
        if length < 4:
            break
        yield kind & NLA_TYPE_MASK, view[start + 4 : start + length]
        start += (length + 3) & ~3


def parse(buffer: bytes | memoryview, start: int, end: int) -> dict[int, memoryview]:
    """The payloads of the attributes between two offsets, by type; of a repeated one the last."""
    view = memoryview(buffer)
    found: dict[int, memoryview] = {}
    unpack = _ATTRIBUTE.unpack_from
    while start + 4 <= end:
        length, kind = unpack(view, start)
        if length < 4:
            break
        found[kind & NLA_TYPE_MASK] = view[start + 4 : start + length]
        start += (length + 3) & ~3
    return found


def number(payload: bytes | memoryview) -> int:
    """An unsigned number of any width, in the machine's byte order."""
    return int.from_bytes(payload, sys.byteorder)


def words(payload: bytes | memoryview) -> str:
    return bytes(payload).rstrip(b"\0").decode(errors="replace")
