"""How soon what ended is started again. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: the first pause, doubled with each restart up to `longest`; a life of `steady_after`
    begins anew."""

    first: float
    longest: float
    steady_after: float

    def pause(self, before: float, lived: float) -> float:
        """Seconds until the next start, after a life of `lived` seconds that a pause of `before`
        preceded (0 for none)."""
        if before == 0 or lived >= self.steady_after:
            return self.first
        return min(before * 2, self.longest)
