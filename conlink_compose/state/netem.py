"""What a netem does to frames, in the kernel's units, so that what is declared and what is seen
are compared without rounding; and the words of tc(8) for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

NETEM = "netem"
SEED = "netem's seed"
"""What a kernel may lack. The seed came with Linux 6.6; an older one takes it silently."""

WHOLE = 2**32 - 1
"""What the kernel's shares are of (`max_percent_value` of iproute2's tc/q_netem.c)."""

_TIMES = ("delay", "jitter")
_COUNTS = ("gap", "limit", "seed")
_CORRELATED = ("loss", "duplicate", "corrupt", "reorder")


@dataclass(frozen=True, slots=True)
class Netem:
    """Times in nanoseconds, shares of `WHOLE`, `rate` in bytes a second, `limit` in frames.

    `distribution` is empty where the kernel spreads the jitter evenly. `loss_model` is `state` with
    p13, p31, p32, p23, p14, or `gemodel` with p, r, 1-h, 1-k. `seed` is None where any will do, and
    where the kernel does not tell it. `more` is only ever seen: somebody added slots, ecn or an
    overhead.
    """

    delay: int = 0
    jitter: int = 0
    correlation: int = 0
    distribution: str = ""
    loss: int = 0
    loss_correlation: int = 0
    loss_model: tuple[str, tuple[int, ...]] | None = None
    duplicate: int = 0
    duplicate_correlation: int = 0
    corrupt: int = 0
    corrupt_correlation: int = 0
    reorder: int = 0
    reorder_correlation: int = 0
    gap: int = 0
    rate: int = 0
    limit: int = 1000
    seed: int | None = None
    more: bool = False

    @property
    def kind(self) -> str:
        return NETEM

    @property
    def impairments(self) -> Iterator[str]:
        """As words of tc: what a user would feel of it."""
        if self.delay or self.jitter:
            words = [f"delay {time_word(self.delay)}"]
            words += [time_word(self.jitter)] if self.jitter else []
            words += [share_word(self.correlation)] if self.correlation else []
            words += [f"distribution {self.distribution}"] if self.distribution else []
            yield " ".join(words)
        if self.loss_model:
            yield f"loss {word_of('loss_model', self.loss_model)}"
        for name in _CORRELATED:
            if share := getattr(self, name):
                correlation = getattr(self, f"{name}_correlation")
                more = f" {share_word(correlation)}" if correlation else ""
                yield f"{name} {share_word(share)}{more}"
        if self.reorder and self.gap > 1:
            yield f"gap {self.gap}"
        if self.rate:
            yield f"rate {rate_word(self.rate)}"

    @property
    def words(self) -> Iterator[str]:
        """All of it."""
        yield from self.impairments
        yield f"limit {self.limit}"
        if self.seed is not None:
            yield f"seed {self.seed}"
        if self.more:
            yield "and what was not declared"

    def differences(self, now: Any) -> Iterator[str]:
        """What is otherwise in `now`, another netem: `delay 10ms -> 20ms`."""
        for field in fields(self):
            old, new = getattr(now, field.name), getattr(self, field.name)
            if old != new and not (field.name == "seed" and None in (old, new)):
                name = field.name.replace("_", " ")
                yield f"{name} {word_of(field.name, old)} -> {word_of(field.name, new)}"


def word_of(name: str, value: Any) -> str:
    """A field's value for a person."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not value and name not in _COUNTS:
        return "none" if name != "distribution" else "uniform"
    if name == "loss_model":
        return " ".join((value[0], *map(share_word, value[1])))
    if name in _TIMES:
        return time_word(value)
    if name == "rate":
        return rate_word(value)
    return str(value) if name in (*_COUNTS, "distribution") else share_word(value)


def time_word(nanoseconds: int) -> str:
    """`20ms`."""
    for unit, length in (("s", 10**9), ("ms", 10**6), ("us", 10**3)):
        if nanoseconds >= length:
            return f"{nanoseconds / length:.9g}{unit}"
    return f"{nanoseconds}ns" if nanoseconds else "0ms"


def share_word(share: int) -> str:
    """`0.1%`."""
    return f"{share * 100 / WHOLE:.6g}%"


def rate_word(bytes_a_second: int) -> str:
    """`100mbit`."""
    bits = bytes_a_second * 8
    for unit, size in (("gbit", 10**9), ("mbit", 10**6), ("kbit", 10**3)):
        if bits >= size:
            return f"{bits / size:.9g}{unit}"
    return f"{bits}bit"
