from pyroute2.netlink import nla

from conlink_compose.linux.netlink import (
    attribute,
    message,
    messages,
    nest,
    number,
    parse,
    text,
    u8,
    u16,
    u32,
    words,
)


class Oracle(nla):  # type: ignore[misc]
    """A few attributes as pyroute2 reads them."""

    nla_map = (
        ("NONE", "none"),
        ("ONE", "uint8"),
        ("TWO", "uint16"),
        ("FOUR", "uint32"),
        ("NAME", "asciiz"),
        ("INNER", "inner"),
    )

    class inner(nla):  # type: ignore[misc]  # noqa: N801
        nla_map = (("NONE", "none"), ("NUMBER", "uint32"))


def test_pyroute2_reads_what_is_packed() -> None:
    packed = nest(
        0, u8(1, 200), u16(2, 40000), u32(3, 1 << 31), text(4, "eth0"), nest(5, u32(1, 7))
    )
    read = Oracle(data=packed)
    read.decode()
    found = dict(read["attrs"])
    assert (found["ONE"], found["TWO"], found["FOUR"]) == (200, 40000, 1 << 31)
    assert found["NAME"] == "eth0"
    assert found["INNER"].get_attr("NUMBER") == 7


def test_payloads_of_any_length_are_padded_and_come_back() -> None:
    parts = [attribute(kind, b"x" * kind) for kind in range(1, 10)]
    assert all(len(part) % 4 == 0 for part in parts)
    packed = b"".join(parts)
    assert {k: len(v) for k, v in parse(packed, 0, len(packed)).items()} == {
        k: k for k in range(1, 10)
    }


def test_a_broken_length_ends_the_reading() -> None:
    packed = u32(1, 5) + b"\x02\x00\x07\x00" + u32(2, 6)
    assert {k: number(v) for k, v in parse(packed, 0, len(packed)).items()} == {1: 5}


def test_words_lose_their_closing_zero() -> None:
    packed = text(1, "Grüße")
    assert words(parse(packed, 0, len(packed))[1]) == "Grüße"


def test_messages_of_any_length_come_back_and_a_broken_one_ends_the_reading() -> None:
    parts = [message(16 + size, 3, size, b"x" * size) for size in range(5)]
    padded = b"".join(part + bytes(-len(part) % 4) for part in parts)
    found = list(messages(padded + b"\x0f" + bytes(15) + message(99, 0, 99, b"")))
    assert [(one.kind, one.flags, one.sequence) for one in found] == [
        (16 + size, 3, size) for size in range(5)
    ]
    assert [bytes(one.buffer[one.start : one.end]) for one in found] == [
        b"x" * size for size in range(5)
    ]
