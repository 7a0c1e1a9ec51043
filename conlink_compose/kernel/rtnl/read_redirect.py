"""Redirects as a dump of an interface's filters brings them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from conlink_compose.kernel.rtnl.messages_redirect import HEAD, MIRRED
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import Body, listed, parse, words
from conlink_compose.state import PROTOCOL

_NOTHING = memoryview(b"")


class RedirectRecord(NamedTuple):
    """`target` is an ifindex, 0 where it leads nowhere."""

    target: int
    alone: bool


def read_redirect(filters: Iterable[Body]) -> RedirectRecord | None:
    """Ours, if there is one. Of each filter the kernel tells its hash tables too, without options
    that matter."""
    target: int | None = None
    alone = True
    for body in filters:
        *_, info = HEAD.unpack_from(body.buffer, body.start)
        if info >> 16 != PROTOCOL:
            alone = False
            continue
        found = parse(body.buffer, body.start + HEAD.size, body.end)
        target = target or _target(found.get(uapi.TCA_OPTIONS, _NOTHING))
    return None if target is None else RedirectRecord(target, alone)


def _target(options: memoryview) -> int:
    """Of its first action, and only of one that redirects."""
    found = parse(options, 0, len(options))
    for _, action in listed(found.get(uapi.TCA_U32_ACT, _NOTHING)):
        inside = parse(action, 0, len(action))
        told = inside.get(uapi.TCA_ACT_OPTIONS, _NOTHING)
        parms = parse(told, 0, len(told)).get(uapi.TCA_MIRRED_PARMS)
        if words(inside.get(uapi.TCA_ACT_KIND, _NOTHING)) != "mirred" or parms is None:
            return 0
        *_, how, ifindex = MIRRED.unpack_from(parms)
        return ifindex if how == uapi.TCA_EGRESS_REDIR else 0
    return 0
