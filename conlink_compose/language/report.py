"""What the resolving tells: its diagnostics so far, and the places in the sources they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.tree import place_within

_WORD = re.compile(r"\S+")


class Word(NamedTuple):
    """A word of a value, and its place."""

    text: str
    at: Span


class Report:
    """Collects diagnostics. `sources` maps file names to their texts."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._sources = sources
        self._lines: dict[str, list[str]] = {}

    def error(self, code: str, at: Span | None, message: str, help_: str | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, message, at, help_))

    def warning(self, code: str, at: Span | None, message: str, help_: str | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, message, at, help_, Severity.WARNING))

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        """What a kind of link or a mode of bridge found out by itself."""
        self.diagnostics.extend(diagnostics)

    def within(self, at: Span, words: str) -> Span:
        """The place of `words` in the stretch `at`, or all of `at`."""
        found = place_within(at._replace(line=1, end_line=1), self.line(at), words)
        return at if at.line != at.end_line else found._replace(line=at.line, end_line=at.line)

    def part(self, at: Span, text: str, start: int, end: int) -> Span:
        """The place of `text[start:end]`, where `text` is what stands at `at`."""
        whole = self.within(at, text)
        if whole.line != whole.end_line or whole.end_column - whole.column != len(text):
            return self.within(at, text[start:end])  # a variable or an escape stands there
        return whole._replace(column=whole.column + start, end_column=whole.column + end)

    def words(self, at: Span, text: str) -> list[Word]:
        """The words of `text`, which stands at `at`, each with its own place."""
        return [
            Word(found[0], self.part(at, text, *found.span())) for found in _WORD.finditer(text)
        ]

    def line(self, at: Span) -> str:
        """The source line that `at` begins in; empty where the text is not known."""
        lines = self._lines.get(at.file)
        if lines is None:
            lines = self._lines[at.file] = self._sources.get(at.file, "").split("\n")
        return lines[at.line - 1] if at.line <= len(lines) else ""
