import pytest

from conlink_compose.diagnostics import Span
from conlink_compose.document.reader import LARGEST, parse, read_source
from conlink_compose.document.scalars import Override, Reset
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


def read(folder, data: bytes):
    (folder / "f").write_bytes(data)
    return read_source("f", str(folder))


def test_byte_order_mark_and_line_ends_are_no_content(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: 2\rc: 3\n") == ("a: 1\nb: 2\nc: 3\n", [])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a\0b", "zero byte"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"a: 1\nb: \xff\n", "0xff"),
    ],
)
def test_what_is_no_text_is_said_to_be_none(tmp_path, data, words):
    text, [problem] = read(tmp_path, data)
    assert text is None
    assert problem.code == "not-text"
    assert words in problem.message


def test_a_bad_byte_is_placed_in_characters(tmp_path):
    _, [problem] = read(tmp_path, "\ufeffa: 1\né: ".encode() + b"\xff\n")
    assert str(problem.span) == "f:2:4"


def test_a_large_file_is_not_read(tmp_path):
    with (tmp_path / "f").open("wb") as file:
        file.truncate(3 * LARGEST)
    _, [problem] = read_source("f", str(tmp_path))
    assert "24.0 MB" in problem.message


def test_an_endless_device_is_not_read():
    _, [problem] = read_source("/dev/zero", "/")
    assert "more than 8 MB" in problem.message


def test_missing_folder_and_unreadable_are_told_apart(tmp_path):
    codes = [read_source(name, str(tmp_path))[1][0].code for name in ("gone", ".", "a\0b")]
    assert codes == ["file-not-found", "file-unreadable", "file-unreadable"]


def test_an_error_of_the_system_is_told():
    _, [problem] = read_source("/proc/self/mem", "/")
    assert problem.code == "file-unreadable"
    assert "input/output error" in problem.message
