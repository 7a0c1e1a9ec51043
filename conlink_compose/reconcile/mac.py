"""The MAC of an interface whose user named none."""

from __future__ import annotations

import hashlib


def stable_mac(project: str, node: str, dev: str) -> str:
    """The same for the same project, node and dev, after every restart and on every machine.

    The first byte says unicast and locally administered (IEEE 802, clause 8.2).
    """
    digest = hashlib.sha256(f"{project}\0{node}\0{dev}".encode()).digest()
    return ":".join(f"{byte:02x}" for byte in (0x02, *digest[:5]))
