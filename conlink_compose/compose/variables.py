"""`$VAR`, `${VAR}`, `${VAR:-x}` and its kin in one text, as Compose reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

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
        if name is None:
            return self._bad(dollar, min(dollar + 2, end), end)
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
