"""`.env` and `env_file:` : lines of NAME=value, whose variables are filled in as Compose does."""

from __future__ import annotations

import io
from collections import ChainMap
from collections.abc import Iterator, Mapping

from dotenv.parser import Binding, parse_stream

from conlink_compose.compose.variables import substitute
from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.reader import read_source

Variables = dict[str, str | None]
"""None is for a name without `=`: its value comes from outside."""


def read_env_file(
    name: str,
    directory: str,
    outer: Mapping[str, str],
    asked_by: Span | None = None,
    earlier: Mapping[str, str | None] | None = None,
) -> tuple[Variables, list[Diagnostic]]:
    """What the file `name` below `directory` sets.

    Its values may refer to `outer`, to lines above, and to `earlier`, which lines above win over.
    """
    text, problems = read_source(name, directory, asked_by)
    if text is None:
        return {}, problems
    variables: Variables = {}
    known = {key: value for key, value in (earlier or {}).items() if value is not None}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            problems += _not_understood(name, binding)
        elif binding.key is not None:
            value = _value(binding, ChainMap(dict(outer), known))
            variables[binding.key] = value
            if value is not None:
                known[binding.key] = value
    return variables, problems


def _value(binding: Binding, variables: Mapping[str, str]) -> str | None:
    value = binding.value
    if value is None or "$" not in value:
        return value
    after = binding.original.string.partition("=")[2].lstrip()
    if after.startswith("'"):
        return value
    if after.startswith('"'):
        value = value.replace(r"\$", "$$")
    filled, problems = substitute(value, variables)
    # A password with a `$` in it is no variable; it stays what it is.
    return value if any(problem.kind == "bad" for problem in problems) else filled


def _not_understood(name: str, binding: Binding) -> Iterator[Diagnostic]:
    line = binding.original.string.strip("\n")
    number = (
        binding.original.line
        + len(binding.original.string)
        - len(binding.original.string.lstrip("\n"))
    )
    at = Span(name, number, 1, number, len(line) + 1)
    message = f"`{line.strip()}` is not a line of the form NAME=value, and is passed over"
    yield Diagnostic("bad-env-line", message, at, None, Severity.WARNING)
