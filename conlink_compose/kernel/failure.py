"""What the kernel refused: a value, until the CLI prints it."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from conlink_compose.state import Operation

FOREIGN = "it does not bear our mark"
FOREIGN_BRIDGE = "its bridge does not bear our mark"
"""Both are said in the place of the kernel's words where we refused ourselves."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`errno` is the kernel's, `message` its own words (extended ack), often empty."""

    operation: Operation
    errno: int
    message: str

    @property
    def name(self) -> str:
        """`EEXIST`."""
        return errno.errorcode.get(self.errno, str(self.errno))
