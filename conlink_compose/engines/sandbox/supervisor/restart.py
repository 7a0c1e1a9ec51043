"""When what ended is started again. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from conlink_compose.pace import Pace
from conlink_compose.workload import Restart

SERVICES = Pace(0.1, 60.0, 10.0)
"""Docker's own numbers."""

RUNTIME = Pace(0.1, 1.0, 1.0)
"""While there is none nothing is repaired, so whoever kills it often must not make it rare. One
that cannot start at all costs a fifth of a processor."""

HOSTS = Pace(0.1, 0.1, 0.0)
"""They have no process of their own that could end by itself in a loop."""

ALWAYS = Restart("always")


@dataclass(frozen=True, slots=True)
class Ended:
    """How one life of a node ended. `lived` is in seconds, `delay` what preceded it (0 for none),
    `restarts` how many restarts there were before."""

    exit_code: int
    lived: float
    delay: float
    restarts: int


def next_delay(restart: Restart, ended: Ended, pace: Pace = SERVICES) -> float | None:
    """Seconds until the next start, or None where the policy wants none."""
    if not _wanted(restart, ended):
        return None
    return pace.pause(ended.delay, ended.lived)


def _wanted(restart: Restart, ended: Ended) -> bool:
    if restart.policy == "on-failure":
        within = restart.retries is None or ended.restarts < restart.retries
        return ended.exit_code != 0 and within
    return restart.policy in ("always", "unless-stopped")
