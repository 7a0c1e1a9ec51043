"""What a validator found, in words of the x-conlink language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from conlink_compose.diagnostics import Diagnostic, near_or_all
from conlink_compose.document.tree import List, Map, Value, place_of

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Path = tuple[str | int, ...]

_WHERE = {
    "x-conlink": "x-conlink",
    "x-conlink of a service": "the x-conlink of a service",
    "Network emulation": "netem",
    "Network emulation, one of several": "netem",
    "Routes": "a route",
    "Routes, one of several": "a route",
    "VLAN of the port": "vlan",
    "Runtime": "runtime",
}
_ELSEWHERE = {
    ("x-conlink of a service", "bridges"): "bridges are declared under x-conlink at the top level",
    ("x-conlink of a service", "tunnels"): "tunnels are declared under x-conlink at the top level",
    ("x-conlink of a service", "hosts"): "hosts are declared under x-conlink at the top level",
    ("Tunnel", "mtu"): "it lets pass what the links of its bridge may send: give those an mtu",
    **dict.fromkeys(
        (("Link", "gateway"), ("Link", "via")),
        "a gateway is part of a route, as in route: default via 10.0.0.1",
    ),
    ("Link", "base"): "leave it out: the outer device of a vlan kind is looked for on the host",
}
_ELSEWHERE |= {
    ("Link", key): f"{key} belongs to netem, as in netem: {{{key}: {value}}}"
    for key, value in {
        **dict.fromkeys(("delay", "jitter"), "20ms"),
        **dict.fromkeys(("loss", "duplicate", "corrupt", "reorder"), "1%"),
        **{"rate": "10mbit", "limit": "1000"},
    }.items()
}
_ENUM_CODES = {"type": "unknown-type", "mode": "unknown-mode"}


def explain(
    tree: Map, block: Path, errors: Iterable[ValidationError], link: dict[str, Any]
) -> Iterator[Diagnostic]:
    """One diagnostic for each mistake; several complaints about one value are one mistake.

    `link` is the schema of a link: it knows which type a key belongs to.
    """
    worst: dict[Path, ValidationError] = {}
    for error in errors:
        path = block + tuple(error.absolute_path)
        if error.schema is False:
            yield from _keys_not_for_type(tree, path, link)
        elif error.validator == "additionalProperties":
            yield from _unknown_keys(tree, path, error)
        elif error.validator == "required":
            yield from _missing_keys(tree, path, error)
        elif path not in worst or _rank(error) < _rank(worst[path]):
            worst[path] = error
    for path, error in worst.items():
        yield _bad_value(tree, path, error)


def keys_not_for(link: dict[str, Any], kind: str) -> frozenset[str]:
    """The keys the schema `link` denies to links of `kind`."""
    return frozenset(key for key, value in branch_of(link, kind).items() if value is False)


def branch_of(link: dict[str, Any], kind: str) -> dict[str, Any]:
    """What the schema `link` says of the keys of links of `kind` alone."""
    return next(
        (
            branch["then"]["properties"]
            for branch in link["allOf"]
            if branch["if"]["properties"]["type"]["const"] == kind
        ),
        {},
    )


def kinds_with(link: dict[str, Any], key: str) -> list[str]:
    """The types of a link that take `key`."""
    kinds: list[str] = link["properties"]["type"]["enum"]
    return [kind for kind in kinds if key not in keys_not_for(link, kind)]


def not_for_type(key: str, kind: str, kinds: list[str]) -> tuple[str, str]:
    """The message and the help for a key that `kind` does not take, but `kinds` do."""
    belongs = f"it belongs to type {' or '.join(kinds)}" if len(kinds) < 4 else None
    return f"{key} is not a key of type {kind}", belongs or f"it belongs to {', '.join(kinds)}"


def described(value: Value) -> str:
    """A value as a user would call it: `the text "big"`, `the number 5`, `a list`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f'the text "{value}"' if value else "an empty text"
    if isinstance(value, dict | list):
        kind = "map" if isinstance(value, dict) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    return "empty"


def _rank(error: ValidationError) -> tuple[int, int]:
    """The type first; of two choices the narrower one."""
    order = {"type": 1, "enum": 2}.get(str(error.validator), 3)
    return (order, len(_choices(error)) if error.validator == "enum" else 0)


def _choices(error: ValidationError) -> list[Any]:
    choices: Any = error.validator_value
    return list(choices)


def _unknown_keys(tree: Map, path: Path, error: ValidationError) -> Iterator[Diagnostic]:
    where = _at(tree, path)
    assert isinstance(where, Map)
    schema: Any = error.schema
    title = schema["title"]
    known = list(schema["properties"])
    for key in where:
        if key in schema["properties"]:
            continue
        yield Diagnostic(
            "unknown-key",
            f'"{key}" is not a key of {_called(title)}',
            where.keys_at[key],
            _ELSEWHERE.get((title, key)) or near_or_all(key, known, "the keys are"),
        )


def _missing_keys(tree: Map, path: Path, error: ValidationError) -> Iterator[Diagnostic]:
    schema: Any = error.schema
    key = next(key for key in _choices(error) if f"'{key}'" in error.message)
    expected = schema["properties"][key]
    one_of = f": {' or '.join(expected['enum'])}" if "enum" in expected else ""
    yield Diagnostic(
        "missing-key",
        f'{_called(schema["title"])} needs the key "{key}"',
        place_of(tree, path),
        f"it {expected['errorMessage']}{one_of}" if "errorMessage" in expected else None,
    )


def _keys_not_for_type(tree: Map, path: Path, link_schema: dict[str, Any]) -> Iterator[Diagnostic]:
    """All of a link at once: jsonschema 4 gives the link's path, not the key's, for each."""
    link = _at(tree, path if isinstance(path[-1], int) else path[:-1])
    assert isinstance(link, Map)
    kind = str(link["type"])
    denied = keys_not_for(link_schema, kind)
    for key in (key for key in link if key in denied):
        message, help_ = not_for_type(key, kind, kinds_with(link_schema, key))
        yield Diagnostic("key-not-for-type", message, link.keys_at[key], help_)


def _bad_value(tree: Map, path: Path, error: ValidationError) -> Diagnostic:
    schema: Any = error.schema
    value, at = _at(tree, path), place_of(tree, path)
    subject = _subject(path)
    takes = f"{subject} {schema.get('errorMessage', 'takes another value')}"
    if error.validator == "enum" and isinstance(value, str) and True not in _choices(error):
        choices = [str(choice) for choice in _choices(error)]
        code = _ENUM_CODES.get(str(path[-1]), "bad-value")
        help_ = near_or_all(value, choices, "there are")
        return Diagnostic(code, f'{takes}; "{value}" is none', at, help_)
    numeric = error.validator == "pattern" and "integer" in schema.get("type", ())
    code = "wrong-type" if numeric or error.validator in ("type", "enum") else "bad-value"
    this = described(value)
    if error.validator in ("minItems", "maxItems") and value:
        this = f"a list of {len(value)}"  # type: ignore[arg-type]
    return Diagnostic(code, f"{takes}; this is {this}", at)


def _subject(path: Path) -> str:
    names = [step for step in path if isinstance(step, str)]
    return f"each of {names[-1]}" if isinstance(path[-1], int) else names[-1]


def _called(title: str) -> str:
    return _WHERE.get(title) or f"a {title.lower()}"


def _at(tree: Map, path: Path) -> Value:
    value: Value = tree
    for step in path:
        assert isinstance(value, Map | List)
        value = value[step]  # type: ignore[index]
    return value
