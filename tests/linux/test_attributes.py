"""Attributes that are read by where they lie, held to those that are read one after the other."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conlink_compose.linux.attributes import Attributes
from conlink_compose.linux.netlink import attribute, nest, parse, text, u8, u16, u32

WANTED: Mapping[int, bytes | int | None] = {4: 0, 1: b"", 7: None, 2: b"none"}


def walked(packed: bytes) -> tuple[object, ...]:
    """What `WANTED` shall be."""
    every = parse(packed, 0, len(packed))
    return tuple(_value(every.get(kind), default) for kind, default in WANTED.items())


def _value(payload: memoryview | None, default: bytes | int | None) -> object:
    if isinstance(default, bytes):
        return default if payload is None else bytes(payload)
    if payload is None or len(payload) not in (1, 2, 4, 8):
        return default
    return int.from_bytes(payload, sys.byteorder)


def test_they_come_in_the_order_that_is_asked_for_whatever_lies_before_them() -> None:
    packed = b"".join((u8(9, 1), nest(2, u32(1, 5)), text(3, "eth0"), u32(4, 6), u8(7, 1)))
    assert Attributes(WANTED).read(packed, 0, len(packed)) == (6, b"", 1, u32(1, 5))
    assert Attributes({3: b"", 4: 0}).read(packed, 0, len(packed)) == (b"eth0\0", 6)
    assert Attributes({4: 0, 8: None}).read(b"behind" + packed, 6, 6 + len(packed)) == (6, None)


def test_a_number_has_any_width_and_bytes_are_as_they_are() -> None:
    read = Attributes({1: 0, 2: 0, 3: 0, 4: b""}).read
    packed = u8(1, 200) + u16(2, 40000) + u32(3, 1 << 31) + attribute(4, b"")
    assert read(packed, 0, len(packed)) == (200, 40000, 1 << 31, b"")


def test_a_broken_length_ends_the_reading() -> None:
    packed = u32(1, 5) + b"\x02\x00\x07\x00" + u32(2, 6)
    assert Attributes({1: 0, 2: 0, 7: 0}).read(packed, 0, len(packed)) == (5, 0, 0)


@pytest.mark.parametrize("layouts", [1, 20])
def test_what_is_laid_out_otherwise_is_told_apart(layouts: int) -> None:
    """Of one length: the same bytes mean another thing where another attribute lies before them."""
    read = Attributes({1: 0, 2: 0}).read
    for _ in range(2):
        for kind in range(3, 3 + layouts):
            packed = u32(kind, 8) + u32(2, 9)
            assert read(packed, 0, len(packed)) == (0, 9)
        hidden = attribute(3, u32(2, 9)[:4] + bytes(4))
        assert len(hidden) == len(u32(3, 8)) + 4
        assert read(hidden + u32(1, 7)[:4], 0, 16) == (0, 0)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=9)), max_size=12),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 255)), max_size=3),
)
def test_what_is_read_hangs_on_nothing_that_was_read_before(
    attributes: list[tuple[int, bytes]], turned: list[tuple[int, int]]
) -> None:
    """Messages of one length, most with attributes at the same places, some not."""
    packed = bytearray(b"".join(attribute(kind, payload) for kind, payload in attributes))
    read = Attributes(WANTED).read
    for place, value in ((0, packed[0]), *turned) if packed else ():
        packed[place % len(packed)] = value
        assert read(bytes(packed), 0, len(packed)) == walked(bytes(packed))
