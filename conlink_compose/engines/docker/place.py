"""Where things lie inside the network service's container."""

from __future__ import annotations

from pathlib import Path

from conlink_compose.render.injected import HEALTH_FILE, STATE

SOCKET = Path(STATE, "runtime.sock")
"""The runtime listens here; only a process of the container reaches it."""

HEALTH = Path(HEALTH_FILE)
"""Here it says how it goes, for the health check."""
