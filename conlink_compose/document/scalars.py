"""What a scalar means: the core schema of YAML 1.2 (chapter 10.3.2 of its specification).

So `yes`, `on` and `52:54:00:12:34:56` are strings, which YAML 1.1 would take for booleans
and a number. Of tags, the core ones and Compose's `!reset` and `!override` mean something.
"""

from __future__ import annotations

import re

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.tree import List, Map, Scalar, Value

_WORDS: dict[str, Scalar] = {
    "": None,
    **dict.fromkeys(("~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_FIRST_OF_NUMBER = frozenset("0123456789+-.")
_INT = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_LONGEST_INT = 4000
"""Digits. Python refuses to convert more than 4,300; nobody means a number by them."""

_YAML = "tag:yaml.org,2002:"
_COMPOSE_TAGS = frozenset(("!reset", "!override"))
CONTAINER_TAGS: dict[type, frozenset[str]] = {
    Map: _COMPOSE_TAGS | {f"{_YAML}map", "!"},
    List: _COMPOSE_TAGS | {f"{_YAML}seq", "!"},
}
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


class Unquoted(str):
    """A plain scalar that holds a `$`: what it is shows when its variables are filled in."""

    __slots__ = ()


def typed(text: str) -> Scalar:
    """The value of the plain scalar `text`."""
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _FIRST_OF_NUMBER else text


def _number(text: str) -> Scalar:
    if len(text) > _LONGEST_INT:
        return text
    if _INT.match(text):
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    if _OCTAL.match(text):
        return int(text, 0)
    return int(text, 0) if _HEX.match(text) else text


def typed_again(text: str, plain: bool) -> Scalar:
    """The value of a scalar whose variables have been filled in.

    It becomes a number or a boolean only where that reads exactly as the text does, so that
    `007` and `1.10` in an environment stay what they were, as they do in Compose.
    """
    value = typed(text) if text else text
    if isinstance(value, bool) or value is None:
        return text == "true" if text in ("true", "false") else text
    if isinstance(value, int | float) and str(value) == text:
        return value if plain or isinstance(value, int) else text
    return text


def is_true(value: Value) -> bool:
    """A flag of x-conlink. A variable's words stay text, so the schema lets `yes` and `on` pass."""
    return value is True or value in ("true", "yes", "on")


def as_text(value: Scalar) -> str:
    """A scalar as Compose writes it where a string is wanted, for one in an environment."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e6 else repr(value)
    return "" if value is None else str(value)


class Reset(str):
    """`!reset`: what earlier files say at this key is taken away, and this too."""

    __slots__ = ()


class Override(List):
    """`!override`: its one value stands instead of what earlier files say at this key."""

    __slots__ = ()


def converted(text: str, tag: str, at: Span) -> tuple[Value, Diagnostic | None]:
    """The value of a scalar with `tag`, and what is wrong with it."""
    if tag == "!reset":
        return Reset(), None
    if tag == "!override":
        value = Override(at)
        value.put(typed(text), at)
        return value, None
    name = tag.removeprefix(_YAML)
    if tag in ("!", f"{_YAML}str"):
        return text, None
    if tag == name or name not in _TYPES:
        message = f"the tag `{_shown(tag)}` means nothing in a compose file"
        return text, Diagnostic("unknown-tag", message, at, "take it out")
    return _of_type(text, name, at)


def _of_type(text: str, name: str, at: Span) -> tuple[Scalar, Diagnostic | None]:
    value = typed(text)
    if not isinstance(value, _TYPES[name]) or (name != "bool" and isinstance(value, bool)):
        shown = f"`{text}`" if text else "nothing"
        return text, Diagnostic("unknown-tag", f"{shown} is no `!!{name}`", at)
    return (float(value) if name == "float" and isinstance(value, int) else value), None


def _shown(tag: str) -> str:
    return tag.replace(_YAML, "!!")


def wrong_tag(tag: str, at: Span) -> Diagnostic:
    """For a core tag on a map or a list that is none of its kind."""
    return Diagnostic("unknown-tag", f"the tag `{_shown(tag)}` does not fit this value", at)
