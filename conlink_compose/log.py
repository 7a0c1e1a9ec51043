"""What our long-running processes write to stderr: one line a thing that happened."""

from __future__ import annotations

import logging

_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s %(message)s"


def configure(level: str = "info") -> None:
    """`level` is debug, info, warning or error. May be called again with another."""
    logging.basicConfig(format=_FORMAT, datefmt="%Y-%m-%dT%H:%M:%S")
    logging.getLogger().setLevel(level.upper())
