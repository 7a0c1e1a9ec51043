import pytest

from conlink_compose.compose.variables import interpolate, substitute
from conlink_compose.diagnostics import Severity
from conlink_compose.document.reader import parse

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
        ("now $(date)", "now $(date)"),
        ("cost $5", "cost $5"),
        ("$ $} $", "$ $} $"),
        ("${X:-$}", "$"),
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


def filled(text, **variables):
    tree, problems = parse(text, "f")
    assert problems == []
    assert tree is not None
    return tree, interpolate(tree, variables, text)[0]


def test_values_are_filled_in_and_typed_again_and_keys_are_not():
    tree, problems = filled('$A: [$A, "${A}", x$A, "$B", $C, "$C"]\n', A="1500", B="true", C="0.5")
    assert problems == []
    assert tree == {"$A": [1500, 1500, "x1500", True, 0.5, "0.5"]}


def test_a_variable_without_value_is_an_error_only_under_our_own_key():
    text = "services:\n  s:\n    image: $X\n    x-conlink: {links: [{ip: '${Y}/24'}]}\n"
    tree, problems = filled(text)
    found = {str(p.span): (p.code, p.severity) for p in problems}
    assert found == {
        "f:3:12": ("variable-unset", Severity.WARNING),
        "f:4:31": ("variable-unset", Severity.ERROR),
    }
    assert tree["services"] == {"s": {"image": "", "x-conlink": {"links": [{"ip": "/24"}]}}}


def test_the_caret_marks_the_words_even_when_they_repeat():
    _, problems = filled("x-conlink: {a: 'x ${A} ${B} ${A'}\n", A="1")
    spans = [p.span for p in problems]
    assert [(s.column, s.end_column) for s in spans if s] == [(24, 28), (29, 32)]


def test_a_shared_container_is_filled_in_once_and_strictly():
    text = (
        "x-links: &l [{ip: $X}]\nservices: {s: {x-conlink: {links: *l}}}\nx-p: &p [$$$$]\nx-q: *p\n"
    )
    tree, problems = filled(text)
    assert [(p.severity, str(p.span)) for p in problems] == [(Severity.ERROR, "f:1:19")]
    assert tree["x-p"] == ["$$"]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("a: ${X:?say it}\n", "variable-unset", "`X` needs a value: say it"),
        ("a: ${1x}\n", "bad-variable", "`${1x}` is no variable"),
        ("a: x ${\n", "bad-variable", "`${` is no variable"),
    ],
)
def test_these_are_errors_everywhere(text, code, words):
    _, [problem] = filled(text)
    assert (problem.code, problem.message) == (code, words)
    assert problem.is_error


def test_a_problem_in_several_lines_marks_the_value():
    _, [problem] = filled("a: >-\n  one\n  ${X}\n")
    assert problem.span is not None
    assert problem.span.line == 1
