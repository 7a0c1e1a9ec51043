"""What a user is told: where, what was expected, what to do.

A `Diagnostic` is a value. The rooms below the CLI return them and never print;
`conlink_compose.cli` renders them once, all together.
"""

from __future__ import annotations

import difflib
import enum
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

TAB_STOP = 8
LISTED = 20
"""Words at most in a help line."""
WIDEST = 160
"""Columns that a line of an excerpt has at most where no terminal says how wide it is."""
_NARROWEST = 30
_AROUND = 500  # characters


class Span(NamedTuple):
    """A stretch of a source file. Lines and columns count from 1, columns in characters.

    `end_column` is the column just behind the last character, so that an empty
    stretch has `end_column == column`.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(enum.StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell the user. `code` is stable, in kebab-case; `message` is one sentence."""

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def as_dict(self) -> dict[str, object]:
        """The same as plain data, for `--format json`."""
        where = self.span._asdict() if self.span else None
        return {
            "code": self.code,
            "severity": str(self.severity),
            "message": self.message,
            "span": where,
            "help": self.help,
        }


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.is_error for diagnostic in diagnostics)


def in_file_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted by place, without repeats; those that have no place come first."""
    unique = dict.fromkeys(diagnostics)
    return sorted(unique, key=lambda d: d.span[:3] if d.span else ("", 0, 0))


def render(diagnostic: Diagnostic, sources: Mapping[str, str], columns: int | None = None) -> str:
    """`file:line:col: error[code]: sentence`, the source line, a caret, a help line.

    `sources` maps each file's name to its text; where the text is missing, the
    source line and the caret are left out. `columns` is how wide a terminal is; None is no
    terminal. Of a line that is wider only what stands around the caret is shown.
    """
    span = diagnostic.span
    place = f"{span}: " if span else ""
    lines = [f"{place}{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"]
    if span:
        lines += _excerpt(span, sources.get(span.file, ""), columns or WIDEST)
    if diagnostic.help:
        lines.append(f"  help: {diagnostic.help}")
    return "\n".join(line if "|" in line[:8] else wrapped(line, columns) for line in lines)


def wrapped(text: str, columns: int | None) -> str:
    """`text` broken between words where it is wider than `columns`; None is as wide as it likes."""
    if columns is None or width(text) <= columns:
        return text
    begin = " " * (len(text) - len(text.lstrip()))
    lines = textwrap.wrap(
        text.strip(),
        max(columns, _NARROWEST),
        initial_indent=begin,
        subsequent_indent=f"{begin}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def _excerpt(span: Span, text: str, columns: int) -> list[str]:
    source_lines = text.split("\n")
    if not text or span.line > len(source_lines):
        return []
    line = source_lines[span.line - 1].rstrip("\r")
    end = span.end_column if span.end_line == span.line else len(line.rstrip()) + 1
    skipped = max(0, span.column - 1 - _AROUND)  # a line may have a million characters
    before, marked = line[skipped : span.column - 1], line[span.column - 1 : end - 1][:_AROUND]
    shown = _expand_tabs(line[skipped : end - 1 + _AROUND])
    at = width(_expand_tabs(before))
    length = max(1, width(_expand_tabs(before + marked)) - at)
    gutter = f"{span.line:>5} | "
    shown, at, length = _around(shown, at, length, max(columns, _NARROWEST) - len(gutter))
    return [gutter + shown, " " * 5 + " | " + " " * at + "^" * length]


def _around(text: str, at: int, length: int, room: int) -> tuple[str, int, int]:
    """The `room` columns of `text` around the `length` ones from `at` on, and where they are then;
    an ellipsis for what is cut off."""
    whole = width(text)
    if whole <= room:
        return text, at, length
    length = min(length, room - 2)
    left = max(0, min(at - (room - length) // 2, whole - room))
    cut = _columns(text, left + (left > 0), left + room - (left + room < whole))
    shown = ("…" if left > 0 else "") + cut + ("…" if left + room < whole else "")
    return shown, at - left, length


def _columns(text: str, begin: int, end: int) -> str:
    """From column `begin` up to `end`; of a wide character that is cut through, a blank."""
    column, found = 0, ""
    for character in text:
        after = column + _character_width(character)
        if begin <= column and after <= end:
            found += character
        elif column < end and after > begin:
            found += " "
        column = after
    return found


def _expand_tabs(text: str) -> str:
    return text.expandtabs(TAB_STOP)


def width(text: str) -> int:
    """Columns a terminal gives to `text`: wide characters two, combining ones none (UAX #11)."""
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """`did you mean "web"?`, or None where no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else None


def near_or_all(word: str, known: Iterable[str], what: str, none: str | None = None) -> str:
    """The near word, or else `what` and every known one: `the services are: a, b`; `none` where
    there is none."""
    words = list(known)
    near = did_you_mean(word, words)
    if near:
        return near
    if not words:
        return none or f"there are no {what.removeprefix('the ').split()[0]} here"
    return f"{what}: {listing(words)}"


def listing(words: list[str]) -> str:
    """At most `LISTED` words, and how many are left out."""
    shown = ", ".join(words[:LISTED])
    return shown if len(words) <= LISTED else f"{shown} and {len(words) - LISTED} more"
