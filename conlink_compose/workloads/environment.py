"""The environment of a service's processes: `env_file`, then `environment` over it."""

from __future__ import annotations

import os
from collections.abc import Iterator

from conlink_compose.compose.env_file import Variables, read_env_file
from conlink_compose.compose.load import Document
from conlink_compose.diagnostics import Span
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.workloads.fields import Fields


def environment(fields: Fields, document: Document) -> tuple[tuple[str, str], ...]:
    """Names and values in order. A name alone takes the project's value, or is left out."""
    variables: Variables = {}
    for path, at, required in _env_files(fields):
        name = os.path.expanduser(path)  # noqa: PTH111
        found, problems = read_env_file(name, document.project_directory, document.environment, at)
        if required or not any(problem.code == "file-not-found" for problem in problems):
            fields.problems += problems
        variables.update(found)
    for key, value, at in fields.pairs("environment"):
        if not key:
            fields.wrong("bad-value", "a variable needs a name before the `=`", at)
        else:
            variables[key] = value
    chosen = ((k, document.environment.get(k) if v is None else v) for k, v in variables.items())
    return tuple((key, value) for key, value in chosen if value is not None)


def _env_files(fields: Fields) -> Iterator[tuple[str, Span, bool]]:
    value: Value = fields.service.get("env_file")
    if value is None:
        return
    if isinstance(value, List):
        items = list(zip(value, value.values_at, strict=True))
    else:
        items = [(value, fields.at("env_file"))]
    for item, at in items:
        path = item.get("path") if isinstance(item, Map) else item
        if not isinstance(path, str):
            message = "`env_file` is a file name, or a map with `path`"
            fields.wrong("bad-value", message, at)
            continue
        if isinstance(item, Map):
            yield path, item.values_at["path"], item.get("required", True) is not False
        else:
            yield path, at, True
