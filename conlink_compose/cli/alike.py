"""Sentences that differ only in the node they are about: a few of them say it all."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHOWN = 3
"""Of those that are alike, so many are shown."""

_NUMBER = re.compile(r"[0-9]+")


def without_like_ones(sentences: Iterable[tuple[str, str]]) -> list[str]:
    """Each sentence once, of those that are alike the first few, and how many more there are.

    Each comes behind the name of its node, which may be empty; a number in it, of a replica or of
    an address, makes no other sentence of it.
    """
    alike: dict[str, list[str]] = {}
    for node, sentence in dict.fromkeys(sentences):
        name = rf"(?<![\w.-]){re.escape(node)}(?![\w-])"
        bare = re.sub(name, "\0", sentence) if node else sentence
        alike.setdefault(_NUMBER.sub("#", bare), []).append(sentence)
    return [line for group in alike.values() for line in _shortened(group)]


def _shortened(group: list[str]) -> list[str]:
    # One line more is no longer than the line that would tell of it.
    if len(group) <= SHOWN + 1:
        return group
    return [*group[:SHOWN], f"... and {len(group) - SHOWN} more of this kind"]
