"""Netlink's bytes: messages with their header, and attributes (RFC 3549).

An attribute is a length, a type and a payload. Messages and attributes are padded to four bytes.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from typing import NamedTuple

from conlink_compose.linux.uapi import NLA_F_NESTED, NLA_TYPE_MASK

_MESSAGE = struct.Struct("=IHHII")  # struct nlmsghdr: length, type, flags, sequence, port
_ATTRIBUTE = struct.Struct("=HH")  # struct nlattr
_U32 = struct.Struct("=HHI")
_HEADER = struct.Struct("=I")  # both halves of struct nlattr
_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")


class Message(NamedTuple):
    """One message of what was received: `view[start:end]` is its body."""

    kind: int
    flags: int
    sequence: int
    view: memoryview
    start: int
    end: int


def message(kind: int, flags: int, sequence: int, body: bytes) -> bytes:
    return _MESSAGE.pack(_MESSAGE.size + len(body), kind, flags, sequence, 0) + body


def messages(received: bytes) -> Iterator[Message]:
    """Those in what one receive brought. A broken length ends the reading."""
    view = memoryview(received)
    size, unpack = _MESSAGE.size, _MESSAGE.unpack_from
    start, behind = 0, len(view)
    while start + size <= behind:
        length, kind, flags, sequence, _ = unpack(view, start)
        if length < size:
            break
        yield Message(kind, flags, sequence, view, start + size, start + length)
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


def listed(payload: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The attributes of a nest in which one type comes several times, in their order."""
    start = 0
    while start + 4 <= len(payload):
        length, kind = _ATTRIBUTE.unpack_from(payload, start)
        if length < 4:
            break
        yield kind & NLA_TYPE_MASK, payload[start + 4 : start + length]
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


class _Layout(NamedTuple):
    """Where the attributes of a message lie. `headers` reads the header of each at once; where they
    are `expected`, a walk from one to the next would come by the same places."""

    headers: struct.Struct
    expected: tuple[int, ...]
    wanted: tuple[tuple[int, int, int], ...]
    """Type, begin and end of the payloads that are asked for."""


_layouts: dict[tuple[int, frozenset[int]], list[_Layout]] = {}
_MOST_LAYOUTS = 8
"""For messages of one length. Links of one kind and length of name have one; what comes beyond
that is walked."""


def pick(view: memoryview, start: int, end: int, wanted: frozenset[int]) -> dict[int, memoryview]:
    """As `parse`, those of the wanted types alone. Of the forty of a link few are looked at, and
    thousands of links have them at the same places."""
    known = _layouts.setdefault((end - start, wanted), [])
    for layout in known:
        if layout.headers.unpack_from(view, start) == layout.expected:
            return {kind: view[start + begin : start + stop] for kind, begin, stop in layout.wanted}
    layout = _walk(view[start:end], wanted)
    if len(known) < _MOST_LAYOUTS:
        known.append(layout)
    return {kind: view[start + begin : start + stop] for kind, begin, stop in layout.wanted}


def _walk(view: memoryview, wanted: frozenset[int]) -> _Layout:
    form, expected, found = ["="], [], {}
    start, read = 0, 0
    while start + 4 <= len(view):
        length, kind = _ATTRIBUTE.unpack_from(view, start)
        form.append(f"{start - read}xI")
        (header,) = _HEADER.unpack_from(view, start)
        expected.append(header)
        read = start + 4
        if length < 4:
            break
        if (kind := kind & NLA_TYPE_MASK) in wanted:
            found[kind] = (kind, read, min(start + length, len(view)))
        start += (length + 3) & ~3
    return _Layout(struct.Struct("".join(form)), tuple(expected), tuple(found.values()))


def number(payload: memoryview) -> int:
    """An unsigned number of any width, in the machine's byte order."""
    return int.from_bytes(payload, sys.byteorder)


def words(payload: memoryview) -> str:
    return bytes(payload).rstrip(b"\0").decode(errors="replace")
