"""Several names in one line."""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 8


def named(names: Iterable[str]) -> str:
    """All of them where they are few, else the first ones and how many there are beside them."""
    every = list(names)
    if len(every) <= _MOST:
        return ", ".join(every)
    return f"{', '.join(every[: _MOST - 1])} and {len(every) - _MOST + 1} more"
