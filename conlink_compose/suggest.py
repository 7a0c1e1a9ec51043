"""The help line for a word that is not known: the near one, or all that there are."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

SHOWN = 20


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """`did you mean "web"?`, or None where no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else None


def near_or_all(word: str, known: Iterable[str], what: str) -> str:
    """The near word, or else `what` and every known one: `the services are: a, b`."""
    words = list(known)
    near = did_you_mean(word, words)
    if near:
        return near
    if not words:
        return f"there are no {what.removeprefix('the ').split()[0]} here"
    return f"{what}: {listing(words)}"


def listing(words: list[str]) -> str:
    """At most `SHOWN` words, and how many are left out."""
    shown = ", ".join(words[:SHOWN])
    return shown if len(words) <= SHOWN else f"{shown} and {len(words) - SHOWN} more"
