import math

import pytest

from conlink_compose.document.scalars import as_text, typed, typed_again


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("0o17", 15),
        ("0x1f", 31),
        ("-12", -12),
        ("012", 12),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        ("-.inf", -math.inf),
    ],
)
def test_a_plain_word_of_the_core_schema_is_typed(text, value):
    assert typed(text) == value
    assert type(typed(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "no",
        "on",
        "off",
        "52:54:00:12:34:56",
        "1_000",
        "0b1",
        "2001-01-01",
        "tRue",
        "-",
        "9" * 5000,
    ],
)
def test_what_only_yaml_1_1_types_is_a_string(text):
    assert typed(text) == text


def test_not_a_number_is_a_float():
    assert math.isnan(typed(".nan"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "plain", "value"),
    [
        ("1500", True, 1500),
        ("1500", False, 1500),
        ("true", False, True),
        ("0.5", True, 0.5),
        ("0.5", False, "0.5"),
        ("1.10", True, "1.10"),
        ("007", True, "007"),
        ("null", True, "null"),
        ("True", True, "True"),
        ("", True, ""),
    ],
)
def test_a_filled_in_text_is_typed_only_where_nothing_is_lost(text, plain, value):
    assert typed_again(text, plain) == value
    assert type(typed_again(text, plain)) is type(value)


@pytest.mark.parametrize(
    ("value", "text"), [(True, "true"), (None, ""), (1.0, "1"), (1.5, "1.5"), (7, "7"), ("x", "x")]
)
def test_a_scalar_as_text_reads_as_compose_writes_it(value, text):
    assert as_text(value) == text
