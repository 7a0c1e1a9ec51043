"""When a node that ended is started again. Pure; the numbers are Docker's."""

from __future__ import annotations

from dataclasses import dataclass

from conlink_compose.workload import Restart

FIRST_DELAY = 0.1
LONGEST_DELAY = 60.0
STEADY_AFTER = 10.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How one life of a node ended. `lived` is in seconds, `delay` what preceded it (0 for none),
    `restarts` how many restarts there were before."""

    exit_code: int
    lived: float
    delay: float
    restarts: int


ALWAYS_AT_ONCE = Restart("at-once")
"""Of what has no process of its own that could end by itself in a loop. No user can say it."""


def next_delay(restart: Restart, ended: Ended) -> float | None:
    """Seconds until the next start, or None where the policy wants none.

    100 ms, doubled with each restart up to a minute; ten seconds of life begin anew.
    """
    if restart == ALWAYS_AT_ONCE:
        return FIRST_DELAY
    if not _wanted(restart, ended):
        return None
    if ended.delay == 0 or ended.lived >= STEADY_AFTER:
        return FIRST_DELAY
    return min(ended.delay * 2, LONGEST_DELAY)


def _wanted(restart: Restart, ended: Ended) -> bool:
    if restart.policy == "on-failure":
        within = restart.retries is None or ended.restarts < restart.retries
        return ended.exit_code != 0 and within
    return restart.policy in ("always", "unless-stopped")
