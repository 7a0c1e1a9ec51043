"""The words of tc and the map mean the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conlink_compose.topology import Netem
from tests.language.reading import end_with


def _netem(netem: Any) -> Netem:
    (found,) = end_with(netem=netem).netem
    return replace(found, span=None)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("delay 20ms", Netem(delay=20_000)),
        ("latency 1.5s 10us 25%", Netem(delay=1_500_000, jitter=10, correlation=25)),
        ("delay 1ms 1ms distribution pareto", Netem(1000, 1000, distribution="pareto")),
        ("loss 0.1% 25%", Netem(loss=0.1, loss_correlation=25)),
        ("loss random 5 limit 10", Netem(loss=5, limit=10)),
        ("loss gemodel 1% 10% 70% 0.1%", Netem(loss_model=("gemodel", (1, 10, 70, 0.1)))),
        ("loss state 1% rate 1mbit", Netem(loss_model=("state", (1,)), rate=1_000_000)),
        ("duplicate 1% 2% corrupt 3%", Netem(duplicate=1, duplicate_correlation=2, corrupt=3)),
        (
            "delay 10ms reorder 25% 50% gap 5",
            Netem(10_000, reorder=25, reorder_correlation=50, gap=5),
        ),
        ("rate 1.5Mbit", Netem(rate=1_500_000)),
        ("rate 10kbps", Netem(rate=80_000)),
        ("rate 1gibit", Netem(rate=2**30)),
        ("rate 9600", Netem(rate=9600)),
        ("loss 1% seed 42", Netem(loss=1, seed=42)),
        ("delay 0", Netem(delay=0)),
    ],
)
def test_netem_words(words: str, expected: Netem) -> None:
    assert _netem(words) == expected
    assert _netem(words.split(" loss ")) == expected


def test_a_list_of_netem_adds_up() -> None:
    assert _netem(["rate 1mbit", {"delay": "5ms"}]) == Netem(delay=5000, rate=1_000_000)


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        (["delay 10ms", "delay 5ms"], [Netem(delay=10_000), Netem(delay=5000)]),
        (["delay 10ms loss 1%", {"loss": "2%"}], [Netem(delay=10_000, loss=1), Netem(loss=2)]),
        (["loss 1%", "loss gemodel 1%"], [Netem(loss=1), Netem(loss_model=("gemodel", (1,)))]),
        (
            ["rate 1mbit", "delay 5ms", "delay 1ms rate 2mbit", "loss 1%"],
            [Netem(rate=1_000_000, delay=5000), Netem(1000, rate=2_000_000, loss=1)],
        ),
    ],
)
def test_what_a_list_says_again_comes_after_the_first(
    several: list[Any], expected: list[Netem]
) -> None:
    found = [replace(one, span=None) for one in end_with(netem=several).netem]
    assert found == expected


_times = st.tuples(st.integers(1, 900), st.sampled_from(["us", "ms", "s"])).map(
    lambda pair: f"{pair[0]}{pair[1]}"
)
_shares = st.integers(0, 1000).map(lambda tenth: f"{tenth / 10}%")
_rates = st.tuples(st.integers(1, 900), st.sampled_from(["kbit", "mbit", "mbps", "gibit"])).map(
    lambda pair: f"{pair[0]}{pair[1]}"
)


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries(
        {"delay": _times, "jitter": _times, "correlation": _shares},
        optional={"loss": _shares, "corrupt": _shares, "duplicate": _shares, "rate": _rates},
    )
)
def test_netem_maps_mean_what_words_mean(fields: dict[str, str]) -> None:
    first = f"delay {fields['delay']} {fields['jitter']} {fields['correlation']}"
    rest = [f"{key} {fields[key]}" for key in fields.keys() - {"delay", "jitter", "correlation"}]
    assert _netem(fields) == _netem(" ".join([first, *rest])) == _netem([first, *rest])
