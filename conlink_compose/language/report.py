"""What the resolving tells: its diagnostics so far, and the places in the sources they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.document.tree import place_within


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

    def line(self, at: Span) -> str:
        """The source line that `at` begins in; empty where the text is not known."""
        lines = self._lines.get(at.file)
        if lines is None:
            lines = self._lines[at.file] = self._sources.get(at.file, "").split("\n")
        return lines[at.line - 1] if at.line <= len(lines) else ""
