"""How soon what ended is started again."""

from __future__ import annotations

from itertools import accumulate, repeat

from conlink_compose.pace import Pace


def test_the_pause_doubles_up_to_the_longest_and_a_steady_life_begins_anew() -> None:
    pace = Pace(0.1, 1.0, 10.0)
    pauses = list(accumulate(repeat(0.5, 6), pace.pause, initial=0.0))
    assert pauses == [0.0, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    assert pace.pause(1.0, 10.0) == 0.1
