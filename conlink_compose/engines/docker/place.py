"""Where things lie inside the network service's container."""

from __future__ import annotations

from pathlib import Path

SOCKET = Path("/run/conlink-compose/runtime.sock")
"""The runtime listens here; only a process of the container reaches it."""
