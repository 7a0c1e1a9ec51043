"""When what ended is started again. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from conlink_compose.workload import Restart


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: the first pause, doubled with each restart up to `longest`; a life of `steady_after`
    begins anew."""

    first: float
    longest: float
    steady_after: float


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
    if ended.delay == 0 or ended.lived >= pace.steady_after:
        return pace.first
    return min(ended.delay * 2, pace.longest)


def _wanted(restart: Restart, ended: Ended) -> bool:
    if restart.policy == "on-failure":
        within = restart.retries is None or ended.restarts < restart.retries
        return ended.exit_code != 0 and within
    return restart.policy in ("always", "unless-stopped")
