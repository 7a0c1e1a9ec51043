"""Links as a dump brings them."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import NamedTuple

from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import Message, number, parse, pick, words

_HEAD = struct.Struct("=BxHiII")
_HELD = {
    uapi.BR_STATE_DISABLED: "disabled",
    uapi.BR_STATE_LISTENING: "listening",
    uapi.BR_STATE_LEARNING: "learning",
    uapi.BR_STATE_BLOCKING: "blocking",
}
_OPERATIONAL = (uapi.IF_OPER_UNKNOWN, uapi.IF_OPER_UP)
"""As netif_oper_up() has it."""
_NOTHING = memoryview(b"")
_READ = frozenset(
    (
        uapi.IFLA_LINKINFO,
        uapi.IFLA_LINK_NETNSID,
        uapi.IFLA_IFNAME,
        uapi.IFLA_CARRIER,
        uapi.IFLA_OPERSTATE,
        uapi.IFLA_GROUP,
        uapi.IFLA_ADDRESS,
        uapi.IFLA_MTU,
        uapi.IFLA_MASTER,
        uapi.IFLA_LINK,
        uapi.IFLA_IFALIAS,
        uapi.IFLA_QDISC,
        uapi.IFLA_PROP_LIST,
    )
)


_READ_OF_PORT = frozenset((uapi.IFLA_BRPORT_STATE, uapi.IFLA_BRPORT_ISOLATED))


class LinkRecord(NamedTuple):
    """A link with indexes and nsids as the kernel tells them, before other namespaces name them.

    `master` is an ifindex, 0 for none. `qdisc` is the kind of the root one,
    `properties` hold its other names.

    `data` is what is particular to its kind, `port` what is to its being a bridge's port.
    `peer_nsid` is None where the peer lies in the same namespace. `carrier` is there at once,
    `operational` follows it when the kernel finds the time (net/core/link_watch.c).
    """

    ifindex: int
    name: str
    kind: str
    up: bool
    carrier: bool
    operational: bool
    group: int
    mac: str
    mtu: int
    master: int
    peer_ifindex: int
    peer_nsid: int | None
    alias: str
    qdisc: str
    properties: memoryview
    data: memoryview
    port: memoryview


def read_link(message: Message) -> LinkRecord:
    _, _, ifindex, _, _ = _HEAD.unpack_from(message.view, message.start)
    if ifindex == uapi.LOOPBACK_IFINDEX:
        return _read_loopback(bytes(message.view[message.start : message.end]))
    return _read(message.view, message.start, message.end)


@lru_cache(maxsize=64)
def _read_loopback(body: bytes) -> LinkRecord:
    """Each namespace has one, and of a thousand nearly all are told of in the same bytes."""
    return _read(memoryview(body), 0, len(body))


def _read(view: memoryview, start: int, end: int) -> LinkRecord:
    _, _, ifindex, flags, _ = _HEAD.unpack_from(view, start)
    found = pick(view, start + _HEAD.size, end, _READ)
    kind, data, port = _info(found.get(uapi.IFLA_LINKINFO, _NOTHING))
    nsid = found.get(uapi.IFLA_LINK_NETNSID)
    return LinkRecord(
        ifindex,
        words(found[uapi.IFLA_IFNAME]),
        kind,
        bool(flags & uapi.IFF_UP),
        bool(number(found.get(uapi.IFLA_CARRIER, _NOTHING))),
        number(found.get(uapi.IFLA_OPERSTATE, _NOTHING)) in _OPERATIONAL,
        number(found.get(uapi.IFLA_GROUP, _NOTHING)),
        found.get(uapi.IFLA_ADDRESS, _NOTHING).hex(":"),
        number(found.get(uapi.IFLA_MTU, _NOTHING)),
        number(found.get(uapi.IFLA_MASTER, _NOTHING)),
        number(found.get(uapi.IFLA_LINK, _NOTHING)),
        None if nsid is None else number(nsid),
        words(found.get(uapi.IFLA_IFALIAS, _NOTHING)),
        words(found.get(uapi.IFLA_QDISC, _NOTHING)),
        found.get(uapi.IFLA_PROP_LIST, _NOTHING),
        data,
        port,
    )


class PortRecord(NamedTuple):
    """What an interface is as the port of a bridge. `held` is the state in which it does not
    forward, None where it does."""

    held: str | None
    isolated: bool


def read_port(data: memoryview) -> PortRecord:
    """From IFLA_INFO_SLAVE_DATA of a bridge's port."""
    found = pick(data, 0, len(data), _READ_OF_PORT)
    return PortRecord(
        _HELD.get(number(found.get(uapi.IFLA_BRPORT_STATE, _NOTHING))),
        bool(number(found.get(uapi.IFLA_BRPORT_ISOLATED, _NOTHING))),
    )


def _info(payload: memoryview) -> tuple[str, memoryview, memoryview]:
    """The kind, what is particular to it, and what is to its being a port."""
    found = parse(payload, 0, len(payload))
    kind = words(found.get(uapi.IFLA_INFO_KIND, _NOTHING))
    data = found.get(uapi.IFLA_INFO_DATA, _NOTHING)
    return kind, data, found.get(uapi.IFLA_INFO_SLAVE_DATA, _NOTHING)
