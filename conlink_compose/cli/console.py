"""Where words go: results to stdout, all else to stderr; colour where somebody looks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from conlink_compose.diagnostics import Diagnostic, in_file_order, render, wrapped

_COLOURS = {
    "red": ("31", "38;5;160"),
    "green": ("32", "38;5;28"),
    "yellow": ("35", "38;5;130"),
    "blue": ("34", "38;5;32"),
    "magenta": ("35", "38;5;133"),
    "cyan": ("36", "38;5;30"),
}
"""For a terminal of sixteen colours, which its user has chosen, and for one of 256: there those
that have a contrast of 3.8 and more on black and on white. Yellow reads on white on neither."""

ANSI = {"mode": "auto"}
"""`--ansi auto|never|always`, set once by the app."""


def colour(text: str, name: str, stream: TextIO | None = None) -> str:
    """`text`, coloured if `stream` (stdout) is a terminal and https://no-color.org allows it."""
    if not _wants_colour(stream or sys.stdout):
        return text
    few, many = _COLOURS[name]
    return f"\x1b[{many if _has_many_colours() else few}m{text}\x1b[0m"


def columns(stream: TextIO | None = None) -> int | None:
    """How wide the terminal is that `stream` (stdout) is; None where it is none."""
    try:
        return os.get_terminal_size((stream or sys.stdout).fileno()).columns or None
    except (OSError, ValueError):
        return None


def _wants_colour(stream: TextIO) -> bool:
    if ANSI["mode"] != "auto":
        return ANSI["mode"] == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _has_many_colours() -> bool:
    return "256color" in os.environ.get("TERM", "") or bool(os.environ.get("COLORTERM"))


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
    sentence = wrapped(f"error: {text}", columns(sys.stderr))
    say(colour("error:", "red", sys.stderr) + sentence.removeprefix("error:"))


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
        told = render(diagnostic, sources, columns(sys.stderr))
        say(told.replace(word, colour(word, paint, sys.stderr), 1))
