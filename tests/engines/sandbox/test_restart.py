import pytest

from conlink_compose.engines.sandbox.supervisor.restart import (
    ALWAYS,
    HOSTS,
    RUNTIME,
    Ended,
    next_delay,
)
from conlink_compose.pace import Pace
from conlink_compose.workload import Restart


@pytest.mark.parametrize(
    ("restart", "exit_code", "restarts", "again"),
    [
        (Restart("no"), 1, 0, False),
        (Restart("always"), 0, 99, True),
        (Restart("unless-stopped"), 0, 99, True),
        (Restart("on-failure"), 0, 0, False),
        (Restart("on-failure"), 137, 99, True),
        (Restart("on-failure", 2), 1, 1, True),
        (Restart("on-failure", 2), 1, 2, False),
    ],
)
def test_the_policy_decides(restart: Restart, exit_code: int, restarts: int, again: bool) -> None:
    assert (next_delay(restart, Ended(exit_code, 0, 0, restarts)) is not None) == again


def test_the_delay_doubles_up_to_a_minute_and_ten_seconds_of_life_reset_it() -> None:
    delays = [0.0]
    for restarts in range(12):
        delay = next_delay(Restart("always"), Ended(1, 0.5, delays[-1], restarts))
        assert delay is not None
        delays.append(delay)
    assert delays[1:4] == [0.1, 0.2, 0.4]
    assert delays[-2:] == [60.0, 60.0]
    assert next_delay(Restart("always"), Ended(1, 10.0, 60.0, 12)) == 0.1


@pytest.mark.parametrize(("pace", "longest"), [(RUNTIME, 1.0), (HOSTS, 0.1)])
def test_what_keeps_the_network_true_comes_back_soon_however_often_it_is_killed(
    pace: Pace, longest: float
) -> None:
    delay = 0.0
    for restarts in range(50):
        delay = next_delay(ALWAYS, Ended(137, 0.5, delay, restarts), pace) or 0.0
        assert 0.1 <= delay <= longest
