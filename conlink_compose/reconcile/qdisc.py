"""Declared netem -> the qdisc that does it, with the kernel's numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from conlink_compose import state
from conlink_compose.links import KERNEL_MTU
from conlink_compose.state.netem import NETEM, WHOLE
from conlink_compose.state.tbf import BURST_STEP
from conlink_compose.topology import Netem

WAITING = 1000
"""Frames that may wait before the line: the kernel's own limit (net/sched/sch_netem.c)."""

SMALLEST_FRAME = 64
"""Bytes: that of Ethernet, and nearly that of a TCP acknowledgement."""

MOST_FRAMES = 1_000_000
"""A second: more no processor sends over a line whose rate is not limited."""

FAR_TAIL = 4
"""Jitters: what a table of 16 bits reaches beyond the delay (NETEM_DIST_SCALE is one)."""

_LONGEST_JITTER = 2**31 - 1
"""Nanoseconds: what the kernel cuts a jitter to (net/sched/sch_netem.c, netem_change)."""

_HEADER = 18
"""Bytes of an Ethernet header with a VLAN tag: a tbf counts them, an MTU does not."""

_BURST = 1 / 250
"""Seconds: a tbf lets through as much at once, but a whole frame in any case."""


_LARGEST_BURST = 2**30


def qdisc_of(
    netns: str,
    interface: str,
    netem: Sequence[Netem],
    mtu: int | None = None,
    missing: frozenset[str] = frozenset(),
) -> state.Qdisc | None:
    """What the interface shall have as its root qdisc, if anything: of an interface in the hub as
    well. `missing` names what this kernel has not: without netem a rate alone is done by a tbf.
    """
    stages: tuple[state.Stage, ...]
    if NETEM in missing:
        stages = tuple(_tbf(one, mtu or KERNEL_MTU) for one in netem if one.rate)
    else:
        stages = tuple(map(stage_of, netem))
    return state.Qdisc(netns, interface, stages) if stages else None


def is_rate_alone(netem: Sequence[Netem]) -> bool:
    """Whether a tbf can do it."""
    return len(netem) == 1 and netem[0].rate is not None and _but_for_rate(netem[0]) == Netem()


def stage_of(netem: Netem) -> state.Netem:
    """With the limit that is sized where none is declared."""
    delay, jitter = _nanoseconds(netem.delay), _nanoseconds(netem.jitter)
    uniform = netem.distribution in (None, "uniform")
    return state.Netem(
        delay=delay,
        jitter=min(jitter, _LONGEST_JITTER),
        correlation=_share(netem.correlation),
        distribution="" if uniform or not jitter else netem.distribution or "",
        loss=_share(netem.loss),
        loss_correlation=_share(netem.loss_correlation),
        loss_model=_loss_model(netem),
        duplicate=_share(netem.duplicate),
        duplicate_correlation=_share(netem.duplicate_correlation),
        corrupt=_share(netem.corrupt),
        corrupt_correlation=_share(netem.corrupt_correlation),
        reorder=_share(netem.reorder),
        reorder_correlation=_share(netem.reorder_correlation),
        gap=(netem.gap or 1) if netem.reorder else 0,  # as tc: every frame is a candidate
        rate=(netem.rate or 0) // 8,
        limit=netem.limit or limit_for(netem),
        seed=netem.seed,
    )


def limit_for(netem: Netem) -> int:
    """So many frames that a full line loses none: those on their way, and `WAITING`."""
    tail = 1 if netem.distribution in (None, "uniform") else FAR_TAIL
    longest = ((netem.delay or 0) + tail * (netem.jitter or 0)) / 1e6
    frames = (netem.rate or math.inf) / 8 / SMALLEST_FRAME
    return min(WAITING + math.ceil(longest * min(frames, MOST_FRAMES)), WHOLE)


def _tbf(netem: Netem, mtu: int) -> state.Tbf:
    rate, frame = (netem.rate or 0) // 8, mtu + _HEADER
    burst = math.ceil(max(frame, rate * _BURST) / BURST_STEP) * BURST_STEP
    return state.Tbf(rate, min(burst, _LARGEST_BURST), min((netem.limit or WAITING) * frame, WHOLE))


def _but_for_rate(netem: Netem) -> Netem:
    return replace(netem, rate=None, limit=None, span=None)


def _loss_model(netem: Netem) -> tuple[str, tuple[int, ...]] | None:
    """What is left out is as tc has it (tc/q_netem.c): the first share is left again with what it
    leaves over, and all is lost in the bad state and nothing in the good one."""
    if netem.loss_model is None:
        return None
    name, shares = netem.loss_model
    usual = (0, 100 - shares[0], *((0, 100, 0) if name == "state" else (100, 0)))
    return name, tuple(map(_share, (*shares, *usual[len(shares) :])))


def _share(percent: float | None) -> int:
    """Rounded as rint(3) does, which tc uses."""
    return round((percent or 0) / 100 * WHOLE)


def _nanoseconds(microseconds: float | None) -> int:
    return round((microseconds or 0) * 1000)
