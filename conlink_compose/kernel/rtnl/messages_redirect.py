"""Messages that redirect all frames of one interface to another: a filter on what comes in (tc).

The classifier is u32, which is in every kernel that can filter; without a key it matches each
frame, however short. Ours is the filter of the priority that is our number.
"""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Mapping

from conlink_compose.kernel.rtnl.link_socket import Refusal, Request
from conlink_compose.kernel.rtnl.lookup import Lookup, Requests
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, nest, text
from conlink_compose.state import PROTOCOL, End, Operation, Redirect, Verb

HEAD = struct.Struct("=BxxxiIII")  # struct tcmsg: family, ifindex, handle, parent, info
MIRRED = struct.Struct("=IIiiiiI")  # struct tc_mirred
_SELECTOR = struct.Struct("=BBBxHHhhI")  # struct tc_u32_sel, without keys
_PRIORITY = PROTOCOL << 16 | socket.htons(uapi.ETH_P_ALL)
_QDISC = 0xFFFF0000
"""The one handle that a qdisc for what comes in can have."""

FINE: Mapping[Verb, tuple[int, ...]] = {
    "add": (errno.EEXIST,),  # somebody has filters of his own there
    "change": (errno.ENOENT,),
    "remove": (errno.ENOENT, errno.EINVAL),
}


def tell(operation: Operation, ifindex: int, lookup: Lookup) -> Requests:
    """A filter cannot be given another target: the next one follows in the same send."""
    redirect = operation.thing
    assert isinstance(redirect, Redirect)
    if operation.verb == "remove":
        return (remove_qdisc(ifindex) if redirect.alone else remove(ifindex),)
    target = lookup.known(End(redirect.netns, redirect.to))
    if target is None:
        return Refusal(errno.ENODEV, f"there is no {redirect.to}")
    begin = remove(ifindex) if operation.verb == "change" else add_qdisc(ifindex)
    return begin, add(ifindex, target.ifindex)


def add(ifindex: int, target: int) -> Request:
    flags = uapi.NLM_F_CREATE | uapi.NLM_F_EXCL
    parms = MIRRED.pack(0, 0, uapi.TC_ACT_STOLEN, 0, 0, uapi.TCA_EGRESS_REDIR, target)
    action = nest(
        1,
        text(uapi.TCA_ACT_KIND, "mirred"),
        nest(uapi.TCA_ACT_OPTIONS, attribute(uapi.TCA_MIRRED_PARMS, parms)),
    )
    options = nest(
        uapi.TCA_OPTIONS,
        attribute(uapi.TCA_U32_SEL, _SELECTOR.pack(uapi.TC_U32_TERMINAL, 0, 0, 0, 0, 0, 0, 0)),
        nest(uapi.TCA_U32_ACT, action),
    )
    return Request(
        uapi.RTM_NEWTFILTER, flags, _filter(ifindex) + text(uapi.TCA_KIND, "u32") + options
    )


def remove(ifindex: int) -> Request:
    """All of our priority."""
    return Request(uapi.RTM_DELTFILTER, 0, _filter(ifindex))


def add_qdisc(ifindex: int) -> Request:
    """What the filter hangs on."""
    flags = uapi.NLM_F_CREATE | uapi.NLM_F_EXCL
    return Request(uapi.RTM_NEWQDISC, flags, _qdisc(ifindex) + text(uapi.TCA_KIND, "clsact"))


def remove_qdisc(ifindex: int) -> Request:
    return Request(uapi.RTM_DELQDISC, 0, _qdisc(ifindex))


def dump_filters(ifindex: int) -> Request:
    """Those of an interface for what comes in."""
    head = HEAD.pack(socket.AF_UNSPEC, ifindex, 0, uapi.TC_H_CLSACT_INGRESS, 0)
    return Request(uapi.RTM_GETTFILTER, 0, head)


def _filter(ifindex: int) -> bytes:
    return HEAD.pack(socket.AF_UNSPEC, ifindex, 0, uapi.TC_H_CLSACT_INGRESS, _PRIORITY)


def _qdisc(ifindex: int) -> bytes:
    return HEAD.pack(socket.AF_UNSPEC, ifindex, _QDISC, uapi.TC_H_CLSACT, 0)
