"""Rows as a table: columns as wide as they need, two blanks between, as `docker ps` has it."""

from __future__ import annotations

from collections.abc import Sequence

from conlink_compose.diagnostics import width


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines without trailing blanks. A wide character takes two columns."""
    lines = [heads, *rows]
    widths = [max(width(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (wide - width(cell)) for cell, wide in zip(cells, widths, strict=True)]
    return "  ".join(padded).rstrip()
