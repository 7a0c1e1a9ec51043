"""What we read equals what ruamel.yaml reads, by the rules of YAML 1.2."""

import io
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conlink_compose.diagnostics import render
from conlink_compose.document.reader import parse_value

# What ruamel.yaml types beyond the core schema (1_000, 0b1, +0x1, dates) or does not type though
# the core schema does (.0e0), and what libyaml wants in quotes inside brackets although the
# standard does not: a text that begins with a colon.
ODD = re.compile(r"^[-+]?[0-9_.]*_|^[-+]?0[bo]|^[-+]0x|^\d{4}-\d|^=$|^<<$|^:|^[-+]?\.[0-9]+[eE]")
WORDS = st.sampled_from(
    [
        "yes",
        "on",
        "null",
        "~",
        "true",
        "TRUE",
        "1",
        "-7",
        "0x1f",
        "1.5",
        "1e3",
        "02:00:00:00:01:00",
        "fd00::1/64",
        "#x",
        "x#y",
        "*a",
        "&a",
        "!t",
        "%",
        "@",
        "é字😀",
        "a b",
        "a: b",
        "- a",
        "",
        " ",
        "\t",
    ]
)
TEXT = WORDS | st.text("abcz019 :-#,[]{}&*!|>'\"%@`\\\n\té字😀", max_size=12)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | TEXT.filter(lambda text: not ODD.search(text))
)
KEYS = st.text("abcdé字", min_size=1, max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def written(value: Any, flow: bool, width: int) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = flow
    yaml.width = width
    yaml.allow_unicode = True
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue()


def read_by_ruamel(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=5), st.booleans(), st.sampled_from([20, 80]))
def test_a_written_document_is_read_alike(value, flow, width):
    text = written(value, flow, width)
    root, problems = parse_value(text, "f")
    assert problems == []
    assert root == read_by_ruamel(text)


PLAIN = st.text("abe019+-.xoE:/", min_size=1, max_size=8).filter(
    lambda text: not ODD.search(text) and not text.startswith("-") and "o" not in text
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PLAIN, min_size=1, max_size=6))
def test_a_plain_scalar_is_typed_alike(words):
    text = "".join(f"- {word}\n" for word in words if not word.endswith(":") and ": " not in word)
    root, problems = parse_value(text, "f")
    assert problems == []
    expected = read_by_ruamel(text)
    assert root == expected
    assert [type(value) for value in root or []] == [type(value) for value in expected or []]


PIECES = st.sampled_from(
    [
        *"ab:-[]{},&*!|>'\"%@#?$~\\\t\n\x00\x85\u2028é😀 ",
        "${",
        "---",
        "...",
        "\n  ",
        "&x ",
        "*x",
        ": ",
        "- ",
        "!reset ",
        "!!int ",
        "<<: ",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_no_text_makes_it_raise_and_every_place_lies_in_it(text):
    _, problems = parse_value(text, "f")
    lines = text.split("\n")
    for problem in problems:
        assert problem.span is not None
        assert 1 <= problem.span.line <= len(lines)
        assert 1 <= problem.span.column <= len(lines[problem.span.line - 1]) + 1
        assert render(problem, {"f": text})
