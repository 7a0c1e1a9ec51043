"""Our mark on an interface: its group number (IFLA_GROUP, `ip link ... group N`).

The group is set by the very message that makes an interface, so there is no moment in which
it exists without bearing our mark. An alias would need a second message: the kernel drops
IFLA_IFALIAS at creation.
"""

from __future__ import annotations

import zlib

_OURS = 0x63000000
_DOOMED = 0x01000000


def mark_of(project: str) -> int:
    """The group number of a project's interfaces. Two projects may share a hub."""
    return _OURS | zlib.crc32(project.encode()) & 0xFFFFFF


def doomed(mark: int) -> int:
    """The group into which interfaces of a project go on their way out."""
    return mark ^ _DOOMED


def is_ours(group: int, mark: int) -> bool:
    return group ^ mark in (0, _DOOMED)
