"""VXLAN (RFC 7348)."""

from __future__ import annotations

from conlink_compose.state import Data

PORT = 4789

BY_REMOTE = False
"""The kernel looks a datagram's tunnel up by number and port (vxlan_vni_in_use)."""

DATA: Data = (("learning", False),)
"""It has one remote. What it learned of another would be sent there for minutes after a change."""
