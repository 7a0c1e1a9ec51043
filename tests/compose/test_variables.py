import pytest

from conlink_compose.compose.variables import substitute

GIVEN = {"A": "1", "EMPTY": "", "B": "two"}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("$A", "1"),
        ("${A}", "1"),
        ("x${A}y$B.z", "x1ytwo.z"),
        ("$$A $$", "$A $"),
        ("${X:-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${X-d}", "d"),
        ("${A:?m}${EMPTY?m}", "1"),
        ("${A:+y}", "y"),
        ("${EMPTY:+y}", ""),
        ("${EMPTY+y}", "y"),
        ("${X+y}", ""),
        ("${X:-${Y:-${B}}}", "two"),
        ("${X:-a}b}", "ab}"),
        ("${X:-$$}", "$"),
        ("${X:-a:-b}", "a:-b"),
    ],
)
def test_a_text_is_filled_in_as_compose_does(text, result):
    assert substitute(text, GIVEN) == (result, [])


@pytest.mark.parametrize(
    ("text", "kind", "words", "detail"),
    [
        ("a ${X} b", "unset", "${X}", ""),
        ("a $X b", "unset", "$X", ""),
        ("${X:-${Y}}", "unset", "${Y}", ""),
        ("${X:?say $B}", "required", "${X:?say $B}", "say two"),
        ("${EMPTY:?}", "required", "${EMPTY:?}", ""),
        ("${X?m}", "required", "${X?m}", "m"),
        ("a ${", "bad", "${", ""),
        ("a ${1x} b", "bad", "${1x}", ""),
        ("${A!x}", "bad", "${A!x}", ""),
        ("cost $5", "bad", "$5", ""),
        ("end $", "bad", "$", ""),
        ("${}", "bad", "${}", ""),
    ],
)
def test_a_problem_names_its_words(text, kind, words, detail):
    _, [problem] = substitute(text, GIVEN)
    assert problem.kind == kind
    assert text[problem.start : problem.end] == words
    assert kind != "required" or problem.detail == detail


def test_a_default_that_is_not_used_is_not_read():
    assert substitute("${A:-${X}}", GIVEN) == ("1", [])


def test_deep_nesting_ends_in_a_problem():
    _, problems = substitute("${X:-" * 5000 + "}" * 5000, {})
    assert [problem.kind for problem in problems] == ["bad"]
