"""Interface numbers that we choose ourselves.

A veth's two ends are made by one message. Knowing their numbers beforehand, we can name them
in the next message without asking for them in between. The kernel counts its own choices up
from 1 in each namespace; we count from a random place far above, so that another
conlink-compose in the same hub counts elsewhere.
"""

from __future__ import annotations

import itertools
import random

_LOWEST, _HIGHEST = 1 << 24, 1 << 30


class Indexes:
    def __init__(self) -> None:
        self._count = itertools.count(random.randrange(_LOWEST, _HIGHEST))  # noqa: S311

    def take(self) -> int:
        """One that this process has not used before, in any namespace."""
        return next(self._count)
