"""Messages that add, change and remove what happens to frames that leave an interface.

Our mark is the handle: 636c: ("cl") of the root, 636d: of its child, and so on. The kernel chooses
handles from 8000: up where none is given, and people write small ones.
"""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from conlink_compose.kernel.rtnl import netem_options, tbf_options
from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, text
from conlink_compose.state import Operation, Qdisc, Stage, Tbf, Verb

FIRST = 0x636C
_HEAD = struct.Struct("=BxxxiIII")  # struct tcmsg: family, ifindex, handle, parent, info
_MAKE = uapi.NLM_F_CREATE | uapi.NLM_F_REPLACE

FINE: Mapping[Verb, tuple[int, ...]] = {"remove": (errno.ENOENT, errno.EINVAL)}
"""Of one that went, or that another took the place of (net/sched/sch_api.c, tc_get_qdisc)."""


def tell(operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
    del lookup
    qdisc, before = operation.thing, operation.before
    assert isinstance(qdisc, Qdisc)
    if operation.verb == "remove":
        return (remove(ifindex, 0),)
    there = before.stages if isinstance(before, Qdisc) else None
    if there is None:
        return tuple(make(ifindex, at, stage) for at, stage in enumerate(qdisc.stages))
    return tuple(_change(ifindex, there, qdisc.stages))


def _change(ifindex: int, before: Sequence[Stage], wanted: Sequence[Stage]) -> Iterator[Request]:
    """In place as far as their kinds agree; what hangs below goes with what is removed."""
    same = 0
    while same < min(len(before), len(wanted)) and before[same].kind == wanted[same].kind:
        same += 1
    if same < len(before) or not before:
        yield remove(ifindex, same)
    for at, stage in enumerate(wanted):
        if at >= same:
            yield make(ifindex, at, stage)
        elif any(stage.differences(before[at])):
            yield change(ifindex, at, stage)


def make(ifindex: int, at: int, stage: Stage) -> Request:
    """Whatever is in its place gives way."""
    return Request(uapi.RTM_NEWQDISC, _MAKE, _head(ifindex, at) + _options(stage, False))


def change(ifindex: int, at: int, stage: Stage) -> Request:
    """One that is there: the kernel refuses it (ENOENT, EINVAL) where it is another. The frames
    that wait in it stay."""
    return Request(uapi.RTM_NEWQDISC, 0, _head(ifindex, at) + _options(stage, True))


def remove(ifindex: int, at: int) -> Request:
    return Request(uapi.RTM_DELQDISC, 0, _head(ifindex, at))


def dump_qdiscs() -> Request:
    """Those of all interfaces: the kernel does not choose among them."""
    return Request(uapi.RTM_GETQDISC, 0, _HEAD.pack(socket.AF_UNSPEC, 0, 0, 0, 0))


def handle_of(at: int) -> int:
    return FIRST + at << 16


def parent_of(at: int) -> int:
    """A netem has one class, whose number is 1."""
    return uapi.TC_H_ROOT if at == 0 else handle_of(at - 1) | 1


def _head(ifindex: int, at: int) -> bytes:
    return _HEAD.pack(socket.AF_UNSPEC, ifindex, handle_of(at), parent_of(at), 0)


@lru_cache(maxsize=256)
def _options(stage: Stage, again: bool) -> bytes:
    """Packed once for all that shall be alike, as replicas are."""
    options = (
        tbf_options.pack(stage) if isinstance(stage, Tbf) else netem_options.pack(stage, again)
    )
    return text(uapi.TCA_KIND, stage.kind) + attribute(uapi.TCA_OPTIONS, options)
