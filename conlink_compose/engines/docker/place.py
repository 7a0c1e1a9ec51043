"""Where things lie inside the network service's container."""

from __future__ import annotations

from pathlib import Path

from conlink_compose.render.injected import HEALTH_FILE, OVS_FOLDER, STATE

SOCKET = Path(STATE, "runtime.sock")
"""The runtime listens here; only a process of the container reaches it."""

OVS = f"{STATE}/ovs"
"""Open vSwitch's files where a user wrote the network service, and it runs in there."""

OVS_OF_ITS_SERVICE = OVS_FOLDER
"""The same in the container of a service of its own."""

HEALTH = Path(HEALTH_FILE)
"""Here it says how it goes, for the health check."""
