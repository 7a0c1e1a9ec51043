"""`$VAR`, `${VAR}`, `${VAR:-x}` and its kin, as Compose reads them: in one text, and in a tree.

In a tree every value that holds a `$` is filled in, and no key. Under `x-conlink` a variable
without a value is an error, for a blank there is an address or a name that nobody chose.
Elsewhere it is what it is for Compose: a blank, and a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.scalars import Unquoted, typed_again
from conlink_compose.document.tree import List, Map, Value, place_within

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with text[start:end]. `detail` is the name, or the words behind a `?`."""

    kind: Literal["unset", "required", "bad"]
    start: int
    end: int
    name: str
    detail: str = ""


def substitute(text: str, variables: Mapping[str, str]) -> tuple[str, list[Problem]]:
    """`text` with its variables filled in. One without a value is the empty text, and a problem."""
    reader = _Reader(text, variables)
    return reader.run(0, len(text)), reader.problems


class _Reader:
    def __init__(self, text: str, variables: Mapping[str, str]) -> None:
        self.text = text
        self.variables = variables
        self.problems: list[Problem] = []
        self._depth = 0

    def run(self, start: int, end: int) -> str:
        parts: list[str] = []
        at = start
        while (dollar := self.text.find("$", at, end)) >= 0:
            parts.append(self.text[at:dollar])
            value, at = self._variable(dollar, end)
            parts.append(value)
        parts.append(self.text[at:end])
        return "".join(parts)

    def _variable(self, dollar: int, end: int) -> tuple[str, int]:
        """The text for what begins at `dollar`, and where the rest begins."""
        after = self.text[dollar + 1 : min(dollar + 2, end)]
        if after == "$":
            return "$", dollar + 2
        if after == "{":
            return self._braced(dollar, end)
        name = _NAME.match(self.text, dollar + 1, end)
        if name is None:  # as in `$(date)` and `awk '{print $1}'`: Compose lets it stand
            return "$", dollar + 1
        return self._value(name.group(), dollar, name.end()), name.end()

    def _braced(self, dollar: int, end: int) -> tuple[str, int]:
        close = _closing_brace(self.text, dollar + 2, end)
        name = _NAME.match(self.text, dollar + 2, end)
        if close < 0 or name is None or self._depth >= _DEEPEST:
            return self._bad(dollar, close + 1 if close >= 0 else end, end)
        behind = close + 1
        if name.end() == close:
            return self._value(name.group(), dollar, behind), behind
        operator = _OPERATOR.match(self.text, name.end(), close)
        if operator is None:
            return self._bad(dollar, behind, end)
        words = (operator.end(), close)
        return self._choose(name.group(), operator.group(), words, dollar), behind

    def _choose(self, name: str, operator: str, words: tuple[int, int], dollar: int) -> str:
        value = self.variables.get(name)
        given = bool(value) if operator[0] == ":" else value is not None
        if operator[-1] == "+":
            return self._nested(*words) if given else ""
        if given:
            return value or ""
        if operator[-1] == "-":
            return self._nested(*words)
        detail = self._nested(*words)
        self.problems.append(Problem("required", dollar, words[1] + 1, name, detail))
        return ""

    def _nested(self, start: int, end: int) -> str:
        self._depth += 1
        try:
            return self.run(start, end)
        finally:
            self._depth -= 1

    def _value(self, name: str, start: int, end: int) -> str:
        value = self.variables.get(name)
        if value is None:
            self.problems.append(Problem("unset", start, end, name))
        return value or ""

    def _bad(self, start: int, stop: int, end: int) -> tuple[str, int]:
        self.problems.append(Problem("bad", start, stop, self.text[start:stop]))
        return self.text[start:stop], min(stop, end)


def _closing_brace(text: str, start: int, end: int) -> int:
    """The `}` that closes a `${` whose content begins at `start`, or -1."""
    depth, at = 0, start
    while at < end:
        if text.startswith("${", at):
            depth += 1
            at += 1
        elif text[at] == "}":
            if not depth:
                return at
            depth -= 1
        at += 1
    return -1


def interpolate(
    tree: Map, variables: Mapping[str, str], text: str
) -> tuple[list[Diagnostic], set[Span]]:
    """Fill the variables of `tree` in, where they stand. `text` is the text of its file.

    Gives the problems, and the places of the values that had an error.
    """
    if "$" not in text:
        return [], set()
    filler = _Filler(variables, text)
    # First what is under x-conlink: a container that an alias shares is filled in once, and the
    # stricter reading holds for it.
    for box in _own_blocks(tree):
        filler.strict = True
        filler.fill(box)
    filler.strict = False
    filler.fill(tree)
    return list(filler.problems.values()), filler.refused


def _own_blocks(tree: Map) -> Iterator[Map | List]:
    services = tree.get("services")
    holders: list[Value] = [tree]
    if isinstance(services, Map):
        holders += services.values()
    for holder in holders:
        block = holder.get("x-conlink") if isinstance(holder, Map) else None
        if isinstance(block, Map | List):
            yield block


class _Filler:
    def __init__(self, variables: Mapping[str, str], text: str) -> None:
        self.variables = variables
        self.text = text
        self.lines: list[str] | None = None
        self.strict = False
        self.problems: dict[tuple[Span, str], Diagnostic] = {}
        self.refused: set[Span] = set()
        self._done: set[int] = set()

    def fill(self, box: Map | List) -> None:
        if id(box) in self._done:
            return
        self._done.add(id(box))
        pairs = box.items() if isinstance(box, Map) else enumerate(box)
        for key, value in pairs:
            if isinstance(value, str):
                if "$" in value:
                    box[key] = self._filled(value, box.values_at[key])  # type: ignore[index]
            elif isinstance(value, Map | List):
                self.fill(value)

    def _filled(self, value: str, at: Span) -> Value:
        result, problems = substitute(value, self.variables)
        for problem in problems:
            place = self._place(value, at, problem)
            told = _diagnostic(problem, place, self.strict)
            self.problems.setdefault((place, told.message), told)
            if told.is_error:
                self.refused.add(at)
        return typed_again(result, isinstance(value, Unquoted))

    def _place(self, value: str, at: Span, problem: Problem) -> Span:
        """The words in the file. Where the value stands there as it is, they are counted off."""
        self.lines = self.lines or self.text.split("\n")
        line = self.lines[at.line - 1]
        start = line.find(value, at.column - 1, at.end_column + 1)
        if at.line == at.end_line and start >= 0:
            column = start + 1 + problem.start
            return at._replace(column=column, end_column=column + problem.end - problem.start)
        return place_within(at, self.text, value[problem.start : problem.end])


def _diagnostic(problem: Problem, at: Span, strict: bool) -> Diagnostic:
    name = problem.name
    if problem.kind == "bad":
        advice = "write `${NAME}`, or `$$` for a dollar sign"
        return Diagnostic("bad-variable", f"`{name}` is no variable", at, advice)
    advice = f"set it in the environment or in .env, or give a default: `${{{name}:-...}}`"
    if problem.kind == "required":
        said = f": {problem.detail}" if problem.detail else ""
        return Diagnostic("variable-unset", f"`{name}` needs a value{said}", at, _set_it(name))
    if strict:
        return Diagnostic("variable-unset", f"`{name}` has no value", at, advice)
    message = f"`{name}` has no value, so it is blank here"
    return Diagnostic("variable-unset", message, at, advice, Severity.WARNING)


def _set_it(name: str) -> str:
    return f"set `{name}` in the environment or in .env"
