"""Text to a tree in which every key and value knows its place. No input makes it raise."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import yaml

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.builder import Builder, StopBuildingError
from conlink_compose.document.foreign_breaks import hidden
from conlink_compose.document.syntax import syntax_error
from conlink_compose.document.tags import Override
from conlink_compose.document.tree import List, Map, Value


def parse(text: str, file: str) -> tuple[Map | None, list[Diagnostic]]:
    """The mapping that `text` is. None where there is none; `file` is its name in the spans."""
    root, problems = parse_value(text, file)
    if isinstance(root, Map):
        return root, problems
    return None, problems or [_no_mapping(root, file, text)]


def parse_value(text: str, file: str) -> tuple[Value, list[Diagnostic]]:
    """The value that `text` is, be it a map or not."""
    text = hidden(text)
    builder = Builder(text, file)
    # The collector would walk the growing tree again and again; nothing here makes garbage.
    collecting = gc.isenabled()
    gc.disable()
    try:
        builder.consume(_events(text))
    except StopBuildingError as stop:
        return None, [*builder.diagnostics, stop.diagnostic]
    except yaml.YAMLError as error:
        return None, [*builder.diagnostics, syntax_error(file, text, error)]
    finally:
        if collecting:
            gc.enable()
    return builder.root, builder.diagnostics


def _events(text: str) -> Iterator[Any]:
    # A PyYAML that was built without libyaml reads the same language, 30 times slower.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _no_mapping(root: Value, file: str, text: str) -> Diagnostic:
    at = Span(file, 1, 1, 1, 1)
    if root is None:
        if not text.strip():
            return Diagnostic("empty-file", f"`{file}` is empty", at, "it needs `services:`")
        message = f"`{file}` holds only comments" if "#" in text else f"`{file}` holds no keys"
        return Diagnostic("empty-file", message, at, "it needs `services:`")
    if isinstance(root, Map | List):
        at = root.span
    kind = "a list" if isinstance(root, List) else "a single value"
    if isinstance(root, Override):
        kind = "a tagged value"
    message = f"a compose file is a map of keys such as `services:`, and this is {kind}"
    return Diagnostic("not-a-mapping", message, at)
