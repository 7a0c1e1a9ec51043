"""netem, as words or as a map, to a `Netem`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.document.tree import Map, Value
from conlink_compose.language.fields import Field, fields_of, items
from conlink_compose.language.notes import Notes
from conlink_compose.language.values.netem_words import Part, parts_of_words
from conlink_compose.language.values.units import count_of, rate_of, share_of, time_of
from conlink_compose.topology import Netem

_U32 = 2**32 - 1
_TIME = (time_of, "a time with its unit such as 20ms")
_SHARE = (share_of, "a share from 0% to 100%")
_READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "delay": _TIME,
    "jitter": _TIME,
    **dict.fromkeys(
        (
            "correlation",
            "loss",
            "loss_correlation",
            "duplicate",
            "duplicate_correlation",
            "corrupt",
            "corrupt_correlation",
            "reorder",
            "reorder_correlation",
        ),
        _SHARE,
    ),
    "rate": (rate_of, "a rate with its unit such as 10mbit"),
    "gap": (count_of(1, _U32), f"a whole number from 1 to {_U32}"),
    "limit": (count_of(1, _U32), f"a whole number from 1 to {_U32}"),
    "seed": (count_of(0, 2**64 - 1), "a whole number of at most 64 bits"),
}
_DISTRIBUTIONS = ("uniform", "normal", "pareto", "paretonormal")
_WITH_CORRELATION = ("loss", "duplicate", "corrupt", "reorder")
_NEEDS = {
    "jitter": "delay",
    "correlation": "jitter",
    "distribution": "jitter",
    "reorder": "delay",
}
"""What tc refuses without its partner: `sch_netem` would take it and do nothing."""


def read_netem(notes: Notes, field: Field | None) -> tuple[Netem, ...]:
    """One Netem for all items together; none where there is nothing to read."""
    if field is None or field.refused:
        return ()
    parts: dict[str, Part] = {}
    for item, at in items(field):
        for part in _parts(notes, item, at):
            first = parts.setdefault(part.key, part)
            if first is not part:
                message = f"{_name(part.key)} is said already, at {first.at}"
                notes.error("netem-twice", part.at, message)
    values = {key: _value(notes, part) for key, part in parts.items()}
    _check_partners(notes, parts)
    known = {key: value for key, value in values.items() if value is not None}
    return (Netem(**known, span=field.at),) if known else ()


def _parts(notes: Notes, item: Value, at: Span) -> Iterator[Part]:
    if isinstance(item, str):
        yield from parts_of_words(notes, item, at)
    elif isinstance(item, Map):
        for key, field in fields_of(item).items():
            texts = str(field.value).split() or [""]
            if key in _WITH_CORRELATION and len(texts) == 2:
                yield Part(key, texts[0], notes.within(field.at, texts[0]))
                yield Part(f"{key}_correlation", texts[1], notes.within(field.at, texts[1]))
            else:
                yield Part(key, str(field.value), field.at)


def _value(notes: Notes, part: Part) -> Any:
    if part.key == "loss_model":
        return _loss_model(notes, part)
    if part.key == "distribution":
        if part.text not in _DISTRIBUTIONS:
            help_ = near_or_all(part.text, _DISTRIBUTIONS, "there are")
            message = f'there is no distribution "{part.text}"'
            notes.error("bad-netem", part.at, message, help_)
        return part.text
    if part.key not in _READERS:
        return None
    reader, expected = _READERS[part.key]
    value = reader(part.text)
    if value is None:
        message = f'{_name(part.key)} takes {expected}; this is "{part.text}"'
        notes.error("bad-netem", part.at, message)
    return value


def _loss_model(notes: Notes, part: Part) -> tuple[str, tuple[float, ...]] | None:
    name, *texts = part.text.split() or [""]
    shares = [share_of(text) for text in texts]
    most = {"state": 5, "gemodel": 4}.get(name, 0)
    known = tuple(share for share in shares if share is not None)
    if not 0 < len(shares) <= most or len(known) < len(shares):
        expected = "state with 1 to 5 shares, or gemodel with 1 to 4, as in gemodel 1% 10%"
        notes.error("bad-netem", part.at, f'loss_model takes {expected}; this is "{part.text}"')
        return None
    return (name, known)


def _check_partners(notes: Notes, parts: dict[str, Part]) -> None:
    for key, needed in _NEEDS.items():
        if key in parts and needed not in parts:
            message = f"{_name(key)} does nothing without {_name(needed)}"
            notes.error("bad-netem", parts[key].at, message)
    if "loss" in parts and "loss_model" in parts:
        message = f"loss is said already, at {parts['loss'].at}"
        notes.error("netem-twice", parts["loss_model"].at, message)


def _name(key: str) -> str:
    if key == "correlation":
        return "the correlation of delay"
    if key.endswith("_correlation"):
        return f"the correlation of {key.removesuffix('_correlation')}"
    return key
