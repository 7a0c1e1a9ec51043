"""Bytes become lines, however they arrive."""

from hypothesis import given
from hypothesis import strategies as st

from conlink_compose.engines.sandbox.logs.pump import LONGEST_LINE, Lines


@given(st.text(alphabet="aé\n\r💥"), st.integers(1, 7))
def test_lines_do_not_depend_on_how_the_bytes_arrive(text: str, size: int) -> None:
    data = text.encode()
    whole, pieces = Lines(), Lines()
    expected = whole.feed(data) + whole.end()
    found = [line for at in range(0, len(data), size) for line in pieces.feed(data[at : at + size])]
    assert found + pieces.end() == expected
    assert len(expected) == len(text.split("\n")) - text.endswith("\n") - (not text)


def test_what_is_not_text_is_replaced_and_a_line_without_end_is_bounded() -> None:
    lines = Lines()
    assert lines.feed(b"a\xff\xfeb\n") == ["a��b"]
    long = lines.feed(b"x" * (LONGEST_LINE * 3 + 5))
    assert [len(line) for line in long] == [LONGEST_LINE] * 3
    assert lines.end() == ["xxxxx"]
