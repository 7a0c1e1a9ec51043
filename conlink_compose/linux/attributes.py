"""The same attributes out of thousands of messages: links, addresses and routes of a whole look.

Of the forty attributes of a link few are looked at, and messages of one length nearly all have them
at the same places. So where they lie is found out once, and from then on one `struct` tells whether
a message is laid out like that, and another takes out all that is wanted.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from conlink_compose.linux.uapi import NLA_TYPE_MASK

_ATTRIBUTE = struct.Struct("=HH")  # struct nlattr: length, type
_HEADER = struct.Struct("=I")  # both at once
_NUMBERS = {1: "B", 2: "H", 4: "I", 8: "Q"}
_MOST_LAYOUTS = 8
"""For messages of one length. Links of one kind and length of name have one; what comes beyond
that is walked."""

Values = tuple[Any, ...]


class _Layout(NamedTuple):
    """`headers` reads the header of each attribute at once; where they are `expected`, a walk from
    one to the next would come by the same places. `arranged` takes the values there and the
    `defaults`, and gives those that are wanted in their order."""

    headers: struct.Struct
    expected: tuple[int, ...]
    payloads: struct.Struct
    defaults: Values
    arranged: Callable[[Values], Values]


class Attributes:
    """Which are wanted, at least two, in the order in which they are told; each with what is told
    where there is none. Bytes stand for a payload as it is, anything else for a number of 1, 2, 4
    or 8 bytes in the machine's order; one of another length tells nothing."""

    def __init__(self, wanted: Mapping[int, bytes | int | None]) -> None:
        self._wanted = wanted
        self._by_length: dict[int, list[_Layout]] = {}

    def read(self, buffer: bytes, start: int, end: int) -> Values:
        """Of those between the two offsets. A broken length ends the reading, and of a repeated
        attribute the last one counts."""
        known = self._by_length.setdefault(end - start, [])
        for layout in known:
            if layout.headers.unpack_from(buffer, start) == layout.expected:
                break
        else:
            layout = self._walk(buffer[start:end])
            if len(known) < _MOST_LAYOUTS:
                known.append(layout)
        values = layout.payloads.unpack_from(buffer, start)
        return layout.arranged(values + layout.defaults)

    def _walk(self, body: bytes) -> _Layout:
        form: list[str] = ["="]
        expected: list[int] = []
        found: dict[int, tuple[int, int]] = {}
        start = read = 0
        while start + 4 <= len(body):
            length, kind = _ATTRIBUTE.unpack_from(body, start)
            form.append(f"{start - read}xI")
            expected += _HEADER.unpack_from(body, start)
            read = start + 4
            if length < 4:
                break
            if (kind := kind & NLA_TYPE_MASK) in self._wanted:
                found[kind] = (read, min(start + length, len(body)))
            start += (length + 3) & ~3
        return self._layout(struct.Struct("".join(form)), tuple(expected), found)

    def _layout(
        self, headers: struct.Struct, expected: tuple[int, ...], found: dict[int, tuple[int, int]]
    ) -> _Layout:
        form, told, read = ["="], [], 0
        for kind, (begin, end) in sorted(found.items(), key=lambda one: one[1]):
            size = end - begin
            code = f"{size}s" if isinstance(self._wanted[kind], bytes) else _NUMBERS.get(size)
            if code:
                form.append(f"{begin - read}x{code}")
                told.append(kind)
                read = end
        missing = [kind for kind in self._wanted if kind not in told]
        order = [*told, *missing]
        return _Layout(
            headers,
            expected,
            struct.Struct("".join(form)),
            tuple(self._wanted[kind] for kind in missing),
            itemgetter(*map(order.index, self._wanted)),
        )
