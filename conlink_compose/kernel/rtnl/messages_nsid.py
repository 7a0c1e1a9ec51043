"""Messages about nsids: the small numbers by which one namespace calls another.

An nsid means something only in the namespace that was asked: the hub's 3 is not a node's 3.
"""

from __future__ import annotations

import struct

from conlink_compose.kernel.rtnl.link_socket import LinkSocket, Refusal, Request
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, number, parse, u32

_HEAD = b"\0" * 4
_ANY = struct.pack("=i", -1)


def assign(fd: int) -> Request:
    """Let the kernel choose an nsid for the namespace; refused with EEXIST where it has one."""
    body = _HEAD + attribute(uapi.NETNSA_NSID, _ANY) + u32(uapi.NETNSA_FD, fd)
    return Request(uapi.RTM_NEWNSID, 0, body)


def nsid_of(asked: LinkSocket, fd: int) -> int | None:
    """What the namespace of `asked` calls the one of the descriptor."""
    return _answer(asked.ask(Request(uapi.RTM_GETNSID, 0, _HEAD + u32(uapi.NETNSA_FD, fd))))


def translate(asked: LinkSocket, nsid: int, target: int) -> int | None:
    """What the namespace that `asked` calls `target` calls the one that `asked` calls `nsid`."""
    parts = u32(uapi.NETNSA_NSID, nsid) + u32(uapi.NETNSA_TARGET_NSID, target)
    return _answer(asked.ask(Request(uapi.RTM_GETNSID, 0, _HEAD + parts)))


def _answer(answer: tuple[int, bytes] | Refusal) -> int | None:
    if isinstance(answer, Refusal):
        return None
    body = answer[1]
    found = parse(body, len(_HEAD), len(body))
    nsid = number(found[uapi.NETNSA_NSID])
    return nsid if nsid < 1 << 31 else None  # -1: it has none.
