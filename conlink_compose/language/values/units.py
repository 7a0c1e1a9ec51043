"""Numbers with the units that tc(8) reads."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

_NUMBER = re.compile(r"\+?([0-9]+\.?[0-9]*|\.[0-9]+)\s*([A-Za-z%]*)\Z")
_TIMES = {
    **dict.fromkeys(("s", "sec", "secs"), 1e6),
    **dict.fromkeys(("ms", "msec", "msecs"), 1e3),
    **dict.fromkeys(("us", "usec", "usecs"), 1.0),
    **dict.fromkeys(("ns", "nsec", "nsecs"), 1e-3),
}
_RATES = {
    f"{prefix}{unit}": times * bits
    for unit, bits in (("bit", 1), ("bps", 8))
    for prefix, times in (
        ("", 1),
        *((letter, 1000**power) for power, letter in enumerate("kmgt", 1)),
        *((f"{letter}i", 1024**power) for power, letter in enumerate("kmgt", 1)),
    )
}
_LONGEST = 4.0e9
"""Microseconds, about an hour: what tc can say in its 32 bits."""


def time_of(text: str) -> float | None:
    """Microseconds. None for any other text, and for a number without a unit but 0: versions of
    tc differ on whether that is micro- or nanoseconds."""
    number, unit = _split(text)
    if number is None or (unit not in _TIMES and not (unit == "" and number == 0)):
        return None
    time = round(number * _TIMES.get(unit, 1.0), 3)
    return time if time <= _LONGEST else None


def share_of(text: str) -> float | None:
    """Percent, 0 to 100."""
    number, unit = _split(text)
    return number if number is not None and unit in ("", "%") and number <= 100 else None


def rate_of(text: str) -> int | None:
    """Bits per second, at least one byte; a number without a unit is bits."""
    number, unit = _split(text)
    times = _RATES.get(unit or "bit")
    if number is None or times is None or not math.isfinite(number * times):
        return None
    rate = int(number * times)
    return rate if 8 <= rate < 2**64 * 8 else None


def count_of(least: int, most: int) -> Callable[[str], int | None]:
    """A reader of whole numbers from `least` to `most`."""

    def read(text: str) -> int | None:
        return int(text) if text.isdecimal() and least <= int(text) <= most else None

    return read


def _split(text: str) -> tuple[float | None, str]:
    found = _NUMBER.match(text)
    return (float(found[1]), found[2].lower()) if found else (None, "")
