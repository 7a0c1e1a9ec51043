"""The words of tc-netem(8) to the keys of the map that says the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.language.notes import Notes
from conlink_compose.language.values.units import share_of, time_of


class Part(NamedTuple):
    """A key of netem, the text of its value, and where that stands."""

    key: str
    text: str
    at: Span


_ARGUMENTS = {
    "delay": ("delay", "jitter", "correlation"),
    "loss": ("loss", "loss_correlation"),
    "duplicate": ("duplicate", "duplicate_correlation"),
    "corrupt": ("corrupt", "corrupt_correlation"),
    "reorder": ("reorder", "reorder_correlation"),
    "distribution": ("distribution",),
    "gap": ("gap",),
    "rate": ("rate",),
    "limit": ("limit",),
    "seed": ("seed",),
}
_OTHER_NAMES = {"latency": "delay", "drop": "loss"}
_MODELS = {"state": 5, "gemodel": 4}
"""How many shares each loss model takes at most."""


def parts_of_words(notes: Notes, words: str, at: Span) -> Iterator[Part]:
    """Each key with its value; an error for each word that tc does not know."""
    queue = words.split()
    while queue:
        word = queue.pop(0)
        key = _OTHER_NAMES.get(word, word)
        place = notes.within(at, word)
        if key not in _ARGUMENTS:
            help_ = near_or_all(word, _ARGUMENTS, "the words are")
            notes.error("bad-netem", place, f'"{word}" is not a word of netem', help_)
            return
        if key == "loss" and queue and queue[0] in ("random", *_MODELS):
            model = queue.pop(0)
            if model != "random":
                yield Part("loss_model", " ".join([model, *_shares(queue, model)]), place)
                continue
        if not queue:
            notes.error("bad-netem", place, f'"{word}" needs a value behind it')
            return
        yield from _valued(notes, _ARGUMENTS[key], queue, at)


def _valued(notes: Notes, keys: tuple[str, ...], queue: list[str], at: Span) -> Iterator[Part]:
    """The first value whatever it is; the optional ones behind it only while they look like one."""
    text = queue.pop(0)
    yield Part(keys[0], text, notes.within(at, text))
    for key in keys[1:]:
        looks = time_of if key == "jitter" else share_of
        if not queue or (looks(queue[0]) is None and not queue[0][0].isdigit()):
            return
        text = queue.pop(0)
        yield Part(key, text, notes.within(at, text))


def _shares(queue: list[str], model: str) -> Iterator[str]:
    for _ in range(_MODELS[model]):
        if queue and queue[0][0].isdigit():
            yield queue.pop(0)
