from __future__ import annotations

from conlink_compose.diagnostics import Diagnostic, Severity, Span, in_file_order, render, width


def caret_line(line: str, column: int, end: int) -> str:
    found = Diagnostic("x", "m", Span("f", 1, column, 1, end))
    return render(found, {"f": line}).splitlines()[2]


def test_the_whole_of_a_message() -> None:
    found = Diagnostic(
        "unknown-key", "`mtuu` is no key of a link", Span("c.yaml", 2, 3, 2, 7), "did you mean mtu?"
    )
    assert render(found, {"c.yaml": "a:\n  mtuu: 3\n"}) == (
        "c.yaml:2:3: error[unknown-key]: `mtuu` is no key of a link\n"
        "    2 |   mtuu: 3\n"
        "      |   ^^^^\n"
        "  help: did you mean mtu?"
    )


def test_the_caret_stands_under_the_words_behind_tabs_and_wide_characters() -> None:
    assert caret_line("\tabc", 2, 4) == "      |         ^^"
    assert caret_line("日本: xy", 5, 7) == "      |       ^^"
    assert caret_line("e\u0301 xy", 4, 6) == "      |   ^^"
    assert caret_line("日本", 1, 3) == "      | ^^^^"


def test_a_place_that_is_empty_or_at_the_end_still_has_a_caret() -> None:
    assert caret_line("abc", 4, 4) == "      |    ^"


def test_without_a_source_or_a_place_the_sentence_still_stands() -> None:
    assert render(Diagnostic("x", "m", Span("f", 9, 1, 9, 2)), {}) == "f:9:1: error[x]: m"
    assert render(Diagnostic("x", "m", severity=Severity.WARNING), {}) == "warning[x]: m"


def test_order_is_the_files_and_repeats_go() -> None:
    late, early = (Diagnostic("x", "m", Span("f", line, 1, line, 2)) for line in (9, 2))
    assert in_file_order([late, early, late]) == [early, late]


def test_width_counts_columns_of_a_terminal() -> None:
    assert [width(text) for text in ("ab", "日", "e\u0301", "")] == [2, 2, 1, 0]
