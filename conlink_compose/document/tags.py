"""Tags: Compose's `!reset` and `!override`, the core ones of YAML 1.2, and no others."""

from __future__ import annotations

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.scalars import typed
from conlink_compose.document.tree import List, Map, Scalar, Value

_YAML = "tag:yaml.org,2002:"
COMPOSE = frozenset(("!reset", "!override"))
CORE: dict[type, frozenset[str]] = {
    Map: COMPOSE | {f"{_YAML}map", "!"},
    List: COMPOSE | {f"{_YAML}seq", "!"},
}
_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


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
