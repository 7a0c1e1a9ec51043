"""A token bucket: a rate alone, where the kernel has no netem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conlink_compose.state.netem import rate_word

BURST_STEP = 1024
"""Bytes. The kernel holds a burst as a time in ticks, and tells it rounded: what differs
by less than a hundredth is the same."""


@dataclass(frozen=True, slots=True)
class Tbf:
    """`rate` in bytes a second, `burst` in bytes, a multiple of `BURST_STEP`, `limit` in bytes."""

    rate: int
    burst: int
    limit: int

    @property
    def kind(self) -> str:
        return "tbf"

    @property
    def impairments(self) -> Iterator[str]:
        yield f"rate {rate_word(self.rate)}"

    @property
    def words(self) -> Iterator[str]:
        yield from self.impairments
        yield f"burst {self.burst}b"
        yield f"limit {self.limit}b"

    def differences(self, now: Any) -> Iterator[str]:
        """What is otherwise in `now`, another tbf."""
        if now.rate != self.rate:
            yield f"rate {rate_word(now.rate)} -> {rate_word(self.rate)}"
        if abs(now.burst - self.burst) * 100 > self.burst:
            yield f"burst {now.burst}b -> {self.burst}b"
        if now.limit != self.limit:
            yield f"limit {now.limit}b -> {self.limit}b"
