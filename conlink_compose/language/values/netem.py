"""netem, as the words of tc-netem(8) or as a map that says the same, to a `Netem`; and a list of
either, to as many as it takes to say all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.document.tree import Map, Value
from conlink_compose.language.fields import Field, Part, fields_of, items
from conlink_compose.language.report import Report, Word
from conlink_compose.language.values.units import count_of, rate_of, share_of, time_of
from conlink_compose.topology import MOST_STAGES, Netem

Parts: TypeAlias = dict[str, Part]

_U32 = 2**32 - 1
_TIME = (time_of, "a time with its unit such as 20ms")
_UNITS: dict[object, str] = {
    time_of: "the units are s, ms, us and ns, and 4000s is the most",
    rate_of: "the units are bit, kbit, mbit and gbit, or of bytes bps, kbps, mbps and gbps",
}
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
    "gap": "reorder",
}
"""What tc refuses without its partner: `sch_netem` would take it and do nothing."""
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


def read_netem(report: Report, field: Field | None) -> tuple[Netem, ...]:
    """One for all items together as long as they say different things; from the item on that says
    something again another one, which the frames go through after the first.

    None where there is nothing to read.
    """
    if field is None or field.refused:
        return ()
    stages: list[Parts] = [{}]
    for item, at in items(field):
        parts = _each_once(report, _parts(report, item, at))
        if not _said(stages[-1]).isdisjoint(_said(parts)):
            stages.append({})
        stages[-1].update(parts)
    _check_row(report, field, stages)
    return tuple(_netem(report, field, parts) for parts in stages if parts)


def _each_once(report: Report, parts: Iterator[Part]) -> Parts:
    found: Parts = {}
    for part in parts:
        first = found.setdefault(part.key, part)
        if first is not part:
            message = f"{_name(part.key)} is said already, at {first.at}"
            report.error("netem-twice", part.at, message)
    return found


def _said(parts: Parts) -> set[str]:
    """There is one loss, at random or by a model."""
    return {"loss" if key == "loss_model" else key for key in parts}


def _check_row(report: Report, field: Field, stages: Sequence[Parts]) -> None:
    """What the kernel refuses of several (net/sched/sch_netem.c, check_netem_in_tree), and before
    that did otherwise: a copy went through all of them again."""
    if len(stages) > MOST_STAGES:
        message = f"frames go through {MOST_STAGES} netems at most; this list makes {len(stages)}"
        report.error("bad-netem", field.at, message, "add up what is said several times")
    copying = [parts["duplicate"] for parts in stages if "duplicate" in parts]
    if copying and len(stages) > 1:
        message = "duplicate cannot stand in a list that says something twice"
        report.error("bad-netem", copying[0].at, message, "say each thing once beside it")


def _netem(report: Report, field: Field, parts: Parts) -> Netem:
    values = {key: _value(report, part) for key, part in parts.items()}
    _check_partners(report, parts)
    known = {key: value for key, value in values.items() if value is not None}
    return Netem(**known, span=field.at)


def _parts(report: Report, item: Value, at: Span) -> Iterator[Part]:
    if isinstance(item, str):
        yield from _parts_of_words(report, item, at)
    elif isinstance(item, Map):
        for key, field in fields_of(item).items():
            words = report.words(field.at, str(field.value)) if key in _WITH_CORRELATION else ()
            if len(words) == 2:
                yield Part(key, *words[0])
                yield Part(f"{key}_correlation", *words[1])
            else:
                yield Part(key, str(field.value), field.at)


def _parts_of_words(report: Report, words: str, at: Span) -> Iterator[Part]:
    """Each key with its value; an error for each word that tc does not know."""
    queue = report.words(at, words)
    while queue:
        word, place = queue.pop(0)
        key = _OTHER_NAMES.get(word, word)
        if key not in _ARGUMENTS:
            help_ = near_or_all(word, _ARGUMENTS, "the words are")
            report.error("bad-netem", place, f'"{word}" is not a word of netem', help_)
            return
        if key == "loss" and queue and queue[0].text in ("random", *_MODELS):
            model = queue.pop(0).text
            if model != "random":
                yield Part("loss_model", " ".join([model, *_shares(queue, model)]), place)
                continue
        if not queue:
            report.error("bad-netem", place, f'"{word}" needs a value behind it')
            return
        yield from _valued(_ARGUMENTS[key], queue)


def _valued(keys: tuple[str, ...], queue: list[Word]) -> Iterator[Part]:
    """The first value whatever it is; the optional ones behind it only while they look like one."""
    yield Part(keys[0], *queue.pop(0))
    for key in keys[1:]:
        looks = time_of if key == "jitter" else share_of
        if not queue or (looks(queue[0].text) is None and not queue[0].text[0].isdigit()):
            return
        yield Part(key, *queue.pop(0))


def _shares(queue: list[Word], model: str) -> Iterator[str]:
    for _ in range(_MODELS[model]):
        if queue and queue[0].text[0].isdigit():
            yield queue.pop(0).text


def _value(report: Report, part: Part) -> Any:
    if part.key == "loss_model":
        return _loss_model(report, part)
    if part.key == "distribution":
        if part.text not in _DISTRIBUTIONS:
            help_ = near_or_all(part.text, _DISTRIBUTIONS, "there are")
            message = f'there is no distribution "{part.text}"'
            report.error("bad-netem", part.at, message, help_)
        return part.text
    if part.key not in _READERS:
        return None
    reader, expected = _READERS[part.key]
    value = reader(part.text)
    if value is None:
        message = f'{_name(part.key)} takes {expected}; this is "{part.text}"'
        report.error("bad-netem", part.at, message, _UNITS.get(reader))
    return value


def _loss_model(report: Report, part: Part) -> tuple[str, tuple[float, ...]] | None:
    name, *texts = part.text.split() or [""]
    shares = [share_of(text) for text in texts]
    most = _MODELS.get(name, 0)
    known = tuple(share for share in shares if share is not None)
    if not 0 < len(shares) <= most or len(known) < len(shares):
        expected = "state with 1 to 5 shares, or gemodel with 1 to 4, as in gemodel 1% 10%"
        report.error("bad-netem", part.at, f'loss_model takes {expected}; this is "{part.text}"')
        return None
    return (name, known)


def _check_partners(report: Report, parts: Parts) -> None:
    for key, needed in _NEEDS.items():
        if key in parts and needed not in parts:
            message = f"{_name(key)} does nothing without {_name(needed)}"
            report.error("bad-netem", parts[key].at, message)
    if "loss" in parts and "loss_model" in parts:
        message = f"loss is said already, at {parts['loss'].at}"
        report.error("netem-twice", parts["loss_model"].at, message)


def _name(key: str) -> str:
    if key == "correlation":
        return "the correlation of delay"
    if key.endswith("_correlation"):
        return f"the correlation of {key.removesuffix('_correlation')}"
    return key
