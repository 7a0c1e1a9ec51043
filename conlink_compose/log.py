"""What a service of ours says about itself, on stderr: `time level logger: message`.

Each module has a logger of its own name; only the programs (the supervisor, the runtime) call
`configure`, once when they start, and again when another level is wanted.
"""

from __future__ import annotations

import logging
import sys
import time

LEVELS = ("debug", "info", "warning", "error")


class _Formatter(logging.Formatter):
    """Times are UTC in ISO 8601, as in the logs of the nodes."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


def configure(level: str = "info") -> None:
    """Say what is of this level or above it; called again, the new level holds.

    Raises `ValueError` for what is none of `LEVELS`.
    """
    if level not in LEVELS:
        raise ValueError(f"`{level}` is no log level; there are {', '.join(LEVELS)}")
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(handler)
    root.setLevel(level.upper())
