"""Geneve (RFC 8926)."""

from __future__ import annotations

from conlink_compose.state import Data

PORT = 6081

BY_REMOTE = True
"""The kernel looks a datagram's tunnel up by number and sender (geneve_lookup)."""

DATA: Data = ()
