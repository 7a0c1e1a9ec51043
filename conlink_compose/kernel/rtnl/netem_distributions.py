"""The tables by which netem spreads a jitter: 4096 values of 16 bits, `NETEM_DIST_SCALE` a standard
deviation, of which the kernel draws one for each frame.

They are those that iproute2 generates and installs as /usr/lib/tc/*.dist, by the formulas of its
netem/normal.c, netem/pareto.c and netem/paretonormal.c. A `uniform` one it does not have: without
a table the kernel spreads evenly by itself, and a table that is set once cannot be taken away
again, only be followed by another (net/sched/sch_netem.c, get_dist_table).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from functools import cache
from statistics import NormalDist

from conlink_compose.linux.uapi import NETEM_DIST_SCALE

SIZE = 4096
_LOWEST, _HIGHEST = -(1 << 15), (1 << 15) - 1
_SHAPE = 3.0
"""Of the Pareto distribution, whose mean is then 1.5."""


@cache
def table(distribution: str) -> bytes:
    """The payload of TCA_NETEM_DELAY_DIST. Raises `KeyError` for an unknown distribution."""
    return struct.pack(f"={SIZE}h", *values(distribution))


def values(distribution: str) -> list[int]:
    """From the smallest to the largest. Raises `KeyError` for an unknown distribution."""
    value = _VALUES[distribution]
    return [min(max(value(at), _LOWEST), _HIGHEST) for at in range(SIZE)]


def _uniform(at: int) -> int:
    return (2 * at + 1 - SIZE) * NETEM_DIST_SCALE // SIZE


def _normal(at: int) -> int:
    """iproute2 walks up the curve in small steps, and keeps the last that rounds to its place."""
    return round(NETEM_DIST_SCALE * NormalDist().inv_cdf((4 * at + 0.5) / (4 * SIZE)))


def _pareto(at: int) -> int:
    share = (SIZE - at) / SIZE
    value = (math.pow(share, -1 / _SHAPE) - 1.5) * 4 / 3
    return round(min(value * NETEM_DIST_SCALE, _HIGHEST))


def _paretonormal(at: int) -> int:
    return int((_normal(at) + 3 * _pareto(at)) / 4)  # as C divides: towards zero


_VALUES: dict[str, Callable[[int], int]] = {
    "uniform": _uniform,
    "normal": _normal,
    "pareto": _pareto,
    "paretonormal": _paretonormal,
}
