"""Durations as Go writes them, which Compose takes: `1m30s`, `500ms`, `1.5h`."""

from __future__ import annotations

import re

_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str) -> float | None:
    """`text` in seconds; None where it is no duration. Only 0 needs no unit."""
    if text == "0":
        return 0.0
    total, at = 0.0, 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return None
        unit = part[2].replace("µ", "u").replace("μ", "u")
        total += float(part[1]) * _SECONDS[unit]
        at = part.end()
    return total if text else None
