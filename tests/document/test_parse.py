import pytest

from conlink_compose.diagnostics import Span
from conlink_compose.document.parse import parse
from conlink_compose.document.tags import Override, Reset
from conlink_compose.document.tree import List, Map


def tree(text: str) -> Map:
    root, problems = parse(text, "f")
    assert problems == []
    assert root is not None
    return root


def problem(text: str):
    """The first problem as code and place."""
    found = parse(text, "f")[1][0]
    assert found.span is not None
    return found.code, found.span.line, found.span.column


def at(span: Span) -> tuple[int, int, int, int]:
    return span[1:]


def test_every_key_and_value_knows_its_place():
    root = tree("a: 1\nb:\n  - x y\n  - {k: v}\n")
    assert at(root.keys_at["a"]) == (1, 1, 1, 2)
    assert at(root.values_at["a"]) == (1, 4, 1, 5)
    items = root["b"]
    assert isinstance(items, List)
    assert at(items.values_at[0]) == (3, 5, 3, 8)
    assert at(items.values_at[1]) == (4, 5, 4, 11)
    assert at(items.span) == (3, 3, 4, 11)


def test_columns_count_characters_not_bytes():
    root = tree("字: {é: 😀, b: 2}\n")
    inner = root["字"]
    assert isinstance(inner, Map)
    assert at(inner.values_at["é"]) == (1, 8, 1, 9)
    assert at(inner.values_at["b"]) == (1, 14, 1, 15)


def test_only_line_feeds_end_a_line():
    root = tree("a: x\x85y\u2028z\nb: 2\n")
    assert root["a"] == "x\x85y\u2028z"
    assert at(root.values_at["b"]) == (2, 4, 2, 5)


def test_a_value_begins_behind_its_anchor_and_tag():
    root = tree("a: &x !!str 5\nb: &y\n  c: 1\n")
    assert at(root.values_at["a"]) == (1, 13, 1, 14)
    assert root["a"] == "5"
    assert at(root.values_at["b"]) == (3, 3, 3, 7)


def test_macs_and_ipv6_need_no_quotes_even_in_braces():
    root = tree("a: {mac: 02:00:00:00:01:00, ip: fd00::1/64}\nb: 52:54:00:12:34:56\n")
    assert root == {"a": {"mac": "02:00:00:00:01:00", "ip": "fd00::1/64"}, "b": "52:54:00:12:34:56"}


def test_quoted_is_a_string():
    assert tree("a: '1'\nb: \"true\"\nc: |\n  5\n") == {"a": "1", "b": "true", "c": "5\n"}


def test_an_alias_shares_the_object():
    root = tree("a: &x [1]\nb: *x\n")
    assert root["a"] is root["b"]
    assert at(root.values_at["b"]) == (2, 4, 2, 6)


def test_an_anchor_may_be_redefined():
    assert tree("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")["d"] == 2


def test_merge_keys_keep_the_origin_and_lose_to_explicit_ones():
    root = tree("a: &a {k: 1, m: 1}\nb: &b {k: 2, n: 2}\nc:\n  <<: [*a, *b]\n  m: 3\n")
    merged = root["c"]
    assert merged == {"m": 3, "k": 1, "n": 2}
    assert isinstance(merged, Map)
    assert at(merged.values_at["n"]) == (2, 17, 2, 18)
    assert at(merged.values_at["m"]) == (5, 6, 5, 7)


def test_a_quoted_merge_key_is_an_ordinary_one():
    assert tree("a: {'<<': {b: 1}}\n") == {"a": {"<<": {"b": 1}}}


def test_compose_tags_survive():
    root = tree("a: !reset null\nb: !override {x: 1}\nc: !reset [1]\nd: !override 5\n")
    assert isinstance(root["a"], Reset)
    assert isinstance(root["c"], Reset)
    assert isinstance(root["b"], Override)
    assert root["b"] == [{"x": 1}]
    assert root["d"] == [5]


def test_number_keys_are_names_where_the_user_chooses_them():
    assert tree("environment: {1: a, true: b}\n") == {"environment": {"1": "a", "true": "b"}}
    assert problem("services:\n  1: {}\n") == ("key-not-string", 2, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ("duplicate-key", 3, 1)),
        ("a:\n\tb: 1\n", ("yaml-syntax", 2, 1)),
        ("a: 'x\nb: 1\n", ("yaml-syntax", 1, 4)),
        ("a: [1, 2\n", ("yaml-syntax", 1, 9)),
        ("a: b: c\n", ("yaml-syntax", 1, 5)),
        ("a: \x01\n", ("yaml-syntax", 1, 4)),
        ("? [a]\n: b\n", ("key-not-string", 1, 3)),
        ("{a: 1}: b\n", ("key-not-string", 1, 1)),
        (": 1\n", ("yaml-syntax", 1, 1)),
        ("~: 1\n", ("key-not-string", 1, 1)),
        ("a: 1\n---\nb: 1\n", ("several-documents", 2, 1)),
        ("", ("empty-file", 1, 1)),
        ("# only\n", ("empty-file", 1, 1)),
        ("- a\n", ("not-a-mapping", 1, 1)),
        ("just words\n", ("not-a-mapping", 1, 1)),
        ("a: *b\n", ("unknown-alias", 1, 4)),
        ("a: &a [*a]\n", ("alias-loop", 1, 8)),
        ("a: !foo 1\n", ("unknown-tag", 1, 9)),
        ("a: !!int x\n", ("unknown-tag", 1, 10)),
        ("a: !!set {b}\n", ("unknown-tag", 1, 10)),
        ("a: {<<: 1}\n", ("bad-merge-key", 1, 9)),
        ("a: {<<: {}, <<: {}}\n", ("duplicate-key", 1, 13)),
    ],
)
def test_a_mistake_is_told_at_its_place(text, expected):
    assert problem(text) == expected


def test_reading_goes_on_behind_a_duplicate_key():
    root, problems = parse("a: 1\na: 2\nb: 1\nb: 2\n", "f")
    assert [found.code for found in problems] == ["duplicate-key", "duplicate-key"]
    assert root == {"a": 1, "b": 1}


@pytest.mark.parametrize("text", ["a: " + "[" * 5000, "a:\n " + "- " * 5000, "a: " + "{b: " * 5000])
def test_deep_nesting_ends_in_a_sentence(text):
    assert problem(text)[0] == "too-deep"


def test_deep_nesting_by_aliases_ends_in_a_sentence():
    lines = ["a0: &a0 [1]"]
    lines += [f"a{i}: &a{i} [[[[*a{i - 1}]]]]" for i in range(1, 100)]
    assert problem("\n".join(lines))[0] == "too-deep"


def test_an_anchor_bomb_is_counted_and_not_set_off():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    assert problem("\n".join(lines))[0] == "alias-bomb"


def test_as_many_aliases_as_services_are_no_bomb():
    lines = ["x: &x {a: 1, b: [1, 2]}", *(f"s{i}: *x" for i in range(5000))]
    assert len(tree("\n".join(lines))) == 5001
