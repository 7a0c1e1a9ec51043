"""The shape of the x-conlink blocks: the shipped JSON Schema, put to a document.

jsonschema-rs decides (9 ms for 5,000 links); only a block it refuses is put to jsonschema,
which tells enough for `conlink_compose.language.schema_errors` to explain each mistake.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.document.tree import Map, Value
from conlink_compose.language import schema_errors

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from conlink_compose.compose.load import Document

FILE = "x-conlink.schema.json"
KEY = "x-conlink"

TreePath = tuple[str | int, ...]


def schema_text() -> str:
    """The JSON Schema of a compose file with x-conlink, as it is shipped."""
    package = Path(__file__).parents[1]
    # In the wheel the folder lies inside the package, in a checkout beside it.
    shipped = package / "schemas" / FILE
    return (shipped if shipped.exists() else package.parent / "schemas" / FILE).read_text("utf-8")


def check(document: Document) -> list[Diagnostic]:
    """Every mistake in the shape of the document's x-conlink blocks."""
    return [
        diagnostic
        for path, errors in _refused_blocks(document.tree)
        for diagnostic in schema_errors.explain(document.tree, path, errors, link_schema())
    ]


def refused_paths(document: Document) -> frozenset[TreePath]:
    """The paths `check` complains about, for those who read on and must not repeat it."""
    return frozenset(
        path + tuple(error.absolute_path)
        for path, errors in _refused_blocks(document.tree)
        for error in errors
    )


@functools.cache
def link_keys_not_for(kind: str) -> frozenset[str]:
    """The keys of a link that links of `kind` do not take."""
    return schema_errors.keys_not_for(link_schema(), kind)


@functools.cache
def link_modes(kind: str) -> list[str]:
    """The modes of a link of `kind`, which is one that takes the key."""
    modes: list[str] = schema_errors.branch_of(link_schema(), kind)["mode"]["enum"]
    return modes


def link_schema() -> dict[str, Any]:
    """The schema of a link, which the checks after a merge ask again."""
    return definition("link")


def definition(name: str) -> dict[str, Any]:
    """The schema of one part of the language, as `bridge`."""
    found: dict[str, Any] = _definitions()[name]
    return found


def _refused_blocks(tree: Map) -> Iterator[tuple[TreePath, list[ValidationError]]]:
    for path, block, kind in _blocks(tree):
        if not _accepts(kind, block):
            yield path, list(_explainer(kind).iter_errors(block))


def _blocks(tree: Map) -> Iterator[tuple[TreePath, Value, str]]:
    if KEY in tree:
        yield (KEY,), tree[KEY], "topBlock"
    services = tree.get("services")
    if not isinstance(services, Map):
        return
    for name, service in services.items():
        if isinstance(service, Map) and KEY in service:
            yield ("services", name, KEY), service[KEY], "serviceBlock"


def _accepts(kind: str, block: Value) -> bool:
    try:
        return bool(_judge(kind).is_valid(block))
    except ValueError:
        # A number JSON does not have, as .nan; the other validator says what it is.
        return False


@functools.cache
def _judge(kind: str) -> Any:
    return jsonschema_rs.Draft7Validator(_schema_of(kind))


@functools.cache
def _explainer(kind: str) -> Any:
    # 0.2 s, and needed only where something is wrong.
    from jsonschema import Draft7Validator  # noqa: PLC0415

    return Draft7Validator(_schema_of(kind))


def _schema_of(kind: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{kind}", "definitions": _definitions()}


@functools.cache
def _definitions() -> dict[str, Any]:
    definitions: dict[str, Any] = json.loads(schema_text())["definitions"]
    return definitions
