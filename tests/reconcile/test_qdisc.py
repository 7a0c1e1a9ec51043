"""Declared netem in the kernel's numbers, and its limit."""

from __future__ import annotations

import pytest

from conlink_compose import state
from conlink_compose.reconcile.qdisc import is_rate_alone, limit_for, qdisc_of, stage_of
from conlink_compose.state import HUB
from conlink_compose.state.netem import NETEM, WHOLE
from conlink_compose.topology import Netem

NO_NETEM = frozenset({NETEM})


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (Netem(), state.Netem()),
        (Netem(delay=0.5, limit=9), state.Netem(delay=500, limit=9)),
        (Netem(loss=100, seed=0), state.Netem(loss=WHOLE, seed=0)),
        (Netem(loss=0.1), state.Netem(loss=4294967)),
        (Netem(rate=1_000_000), state.Netem(rate=125_000)),
        (
            Netem(delay=1, reorder=100, limit=1),
            state.Netem(delay=1000, reorder=WHOLE, gap=1, limit=1),
        ),
        (
            Netem(loss_model=("gemodel", (50,))),
            state.Netem(loss_model=("gemodel", (2**31, 2**31, WHOLE, 0))),
        ),
        (
            Netem(loss_model=("state", (100, 0))),
            state.Netem(loss_model=("state", (WHOLE, 0, 0, WHOLE, 0))),
        ),
        (
            Netem(delay=1, jitter=1, distribution="uniform", limit=1),
            state.Netem(delay=1000, jitter=1000, limit=1),
        ),
        (
            Netem(delay=1, jitter=3_000_000, distribution="normal", limit=1),
            state.Netem(delay=1000, jitter=2**31 - 1, distribution="normal", limit=1),
        ),
    ],
)
def test_in_the_kernels_numbers(declared: Netem, expected: state.Netem) -> None:
    assert stage_of(declared) == expected


@pytest.mark.parametrize(
    ("declared", "frames"),
    [
        (Netem(loss=1), 1000),
        (Netem(rate=10**9), 1000),
        (Netem(delay=100_000, rate=10**8), 1000 + 19532),  # 1.25 MB on their way, 64 bytes each
        (Netem(delay=100_000, jitter=50_000, rate=10**8), 1000 + 29297),
        (Netem(delay=100_000, jitter=50_000, distribution="normal", rate=10**8), 1000 + 58594),
        (Netem(delay=20_000), 21_000),
        (Netem(delay=20_000, rate=10**12), 21_000),
        (Netem(delay=4e9, jitter=4e9), 2**32 - 1),
    ],
)
def test_a_full_line_loses_no_frame(declared: Netem, frames: int) -> None:
    assert limit_for(declared) == frames


def test_what_an_interface_gets() -> None:
    assert qdisc_of("a", "eth0", ()) is None
    found = qdisc_of(HUB, "vx", (Netem(delay=1000), Netem(delay=2000)))
    assert found
    assert [stage.words for stage in found.stages]
    assert (found.key, len(found.stages)) == (("qdisc", HUB, "vx"), 2)


def test_without_netem_a_rate_alone_is_a_tbf() -> None:
    found = qdisc_of("a", "eth0", (Netem(rate=8_000_000, limit=10),), 9000, NO_NETEM)
    assert found
    assert found.stages == (state.Tbf(1_000_000, 9216, 10 * 9018),)
    fast = qdisc_of("a", "eth0", (Netem(rate=10**9),), None, NO_NETEM)
    assert fast
    assert fast.stages == (state.Tbf(125_000_000, 500_736, 1_518_000),)


def test_a_burst_is_cut_where_the_kernel_has_32_bits() -> None:
    found = qdisc_of("a", "eth0", (Netem(rate=10**14),), None, NO_NETEM)
    assert found
    assert found.stages == (state.Tbf(125 * 10**11, 2**30, 1_518_000),)


def test_a_burst_that_the_kernel_rounds_makes_no_difference() -> None:
    """It holds it as a time, in ticks of 64 ns: 8 KB at a rate of a terabit."""
    wanted, told = state.Tbf(125 * 10**9, 500_000_768, 1), state.Tbf(125 * 10**9, 499_993_600, 1)
    assert list(wanted.differences(told)) == []
    other = state.Tbf(125 * 10**9, 490_000_000, 1)
    assert list(wanted.differences(other)) == ["burst 490000000b -> 500000768b"]


@pytest.mark.parametrize(
    ("netem", "alone"),
    [
        ((Netem(rate=1),), True),
        ((Netem(rate=1, limit=5),), True),
        ((Netem(rate=1, delay=5),), False),
        ((Netem(delay=5),), False),
        ((Netem(rate=1), Netem(rate=2)), False),
        ((Netem(rate=1, seed=1),), False),
    ],
)
def test_what_a_tbf_can_do(netem: tuple[Netem, ...], alone: bool) -> None:
    assert is_rate_alone(netem) == alone


def test_a_difference_is_said_in_the_words_of_tc() -> None:
    before = state.Qdisc("a", "eth0", (stage_of(Netem(delay=10_000, jitter=1000)),))
    after = state.Qdisc(
        "a",
        "eth0",
        (
            stage_of(Netem(delay=20_000, jitter=1000, distribution="pareto", loss=0.1)),
            stage_of(Netem(rate=10**7)),
        ),
    )
    assert list(after.differences(before)) == [
        "delay 10ms -> 20ms",
        "distribution uniform -> pareto",
        "loss none -> 0.1%",
        "limit 12000 -> 25000",
        "none -> netem rate 10mbit limit 1000",
    ]
    assert list(before.differences(before)) == []


def test_a_seed_that_the_kernel_does_not_tell_makes_no_difference() -> None:
    seen = state.Qdisc("a", "eth0", (state.Netem(loss=1),))
    declared = state.Qdisc("a", "eth0", (state.Netem(loss=1, seed=42),))
    assert list(declared.differences(seen)) == []
    assert list(seen.differences(declared)) == []
    other = state.Qdisc("a", "eth0", (state.Netem(loss=1, seed=43),))
    assert list(declared.differences(other)) == ["seed 43 -> 42"]
