"""Rows as a table: columns as wide as they need, two blanks between, as `docker ps` has it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from conlink_compose.diagnostics import width


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines without trailing blanks. A wide character takes two columns; a cell may have several
    lines."""
    lines = [line for row in (heads, *rows) for line in _lines(row)]
    widths = [max(width(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(_line(line, widths) for line in lines)


def width_of(text: str) -> int:
    """Columns of its widest line."""
    return max(width(line) for line in text.split("\n"))


def cut(text: str, columns: int | None) -> str:
    """Each line no wider than a terminal of `columns`; None is no terminal."""
    if columns is None:
        return text
    lines = text.split("\n")
    return "\n".join(f"{one[: columns - 1]}…" if width(one) > columns else one for one in lines)


def _lines(row: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip_longest(*(cell.split("\n") for cell in row), fillvalue=""))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (wide - width(cell)) for cell, wide in zip(cells, widths, strict=True)]
    return "  ".join(padded).rstrip()
