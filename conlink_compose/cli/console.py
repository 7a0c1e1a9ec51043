"""Where words go: results to stdout, all else to stderr; colour where somebody looks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from conlink_compose.diagnostics import Diagnostic, in_file_order, render

_COLOURS = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "bold": 1}

ANSI = {"mode": "auto"}
"""`--ansi auto|never|always`, set once by the app."""


def colour(text: str, name: str, stream: TextIO | None = None) -> str:
    """`text`, coloured if `stream` (stdout) is a terminal and https://no-color.org allows it."""
    return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if _wants_colour(stream or sys.stdout) else text


def _wants_colour(stream: TextIO) -> bool:
    if ANSI["mode"] != "auto":
        return ANSI["mode"] == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def out(text: str) -> None:
    """A result, to stdout."""
    sys.stdout.write(f"{text}\n")


def clear() -> None:
    """An empty screen, where there is one."""
    if sys.stdout.isatty():
        sys.stdout.write("\x1b[H\x1b[J")
    sys.stdout.flush()


def say(text: str) -> None:
    """A word to the person who watches, to stderr."""
    sys.stderr.write(f"{text}\n")


def complain(text: str) -> None:
    """One sentence that is no diagnostic of a file."""
    say(f"{colour('error:', 'red', sys.stderr)} {text}")


def sentence(problem: Mapping[str, Any]) -> str:
    """A diagnostic that came as plain data, in one line: its place, what is wrong, what to do."""
    span = problem["span"]
    place = f"{span['file']}:{span['line']}:{span['column']}: " if span else ""
    advice = f" ({problem['help']})" if problem["help"] else ""
    return f"{place}{problem['message']}{advice}"


def show(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> None:
    """All of them to stderr, in the order of the files, with their places marked."""
    for diagnostic in in_file_order(diagnostics):
        paint = "red" if diagnostic.is_error else "yellow"
        word = f"{diagnostic.severity}[{diagnostic.code}]:"
        say(render(diagnostic, sources).replace(word, colour(word, paint, sys.stderr), 1))
