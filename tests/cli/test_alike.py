"""Fifty nodes that fail for one reason are told of in four lines."""

from __future__ import annotations

from conlink_compose.cli.alike import without_like_ones

FULL = "the machine has no room for it: Too many open files"


def test_sentences_that_differ_in_the_node_alone_are_gathered() -> None:
    nodes = [f"{name}-{number}" for name in ("a", "db") for number in range(27)]
    told = without_like_ones((node, f"{node}: {FULL}") for node in nodes)
    assert told == [
        *(f"a-{number}: {FULL}" for number in range(3)),
        "... and 51 more of this kind",
    ]


def test_a_name_of_one_letter_is_found_as_a_word() -> None:
    told = without_like_ones((node, f"{node}: {FULL}") for node in "abcdefmnt")
    assert told[-1] == "... and 6 more of this kind"


def test_each_kind_is_told_by_itself_and_few_are_told_whole() -> None:
    few = [(f"h{number}", f"h{number}: {FULL}") for number in range(4)]
    other = [("", "link 5 is gone"), ("h9", "h9 cannot start `x`"), ("h9", "h9 cannot start `x`")]
    told = without_like_ones([*few, *other])
    assert told == [*(sentence for _, sentence in few), "link 5 is gone", "h9 cannot start `x`"]
