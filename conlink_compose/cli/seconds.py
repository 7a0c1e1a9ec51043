"""Options that take seconds."""

from __future__ import annotations

import math

import typer


def seconds(text: str | float) -> float:
    """A finite number of seconds from 0 on. Raises `typer.BadParameter` for any other text."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise typer.BadParameter(f"it takes a number of seconds from 0 on; this is {text!r}")
    return value
