"""Links as a dump brings them."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import NamedTuple

from conlink_compose.linux import uapi
from conlink_compose.linux.attributes import Attributes, Values
from conlink_compose.linux.netlink import words

_HEAD = struct.Struct("=BxHiII")
_HELD = {
    uapi.BR_STATE_DISABLED: "disabled",
    uapi.BR_STATE_LISTENING: "listening",
    uapi.BR_STATE_LEARNING: "learning",
    uapi.BR_STATE_BLOCKING: "blocking",
}
_OPERATIONAL = (uapi.IF_OPER_UNKNOWN, uapi.IF_OPER_UP)
"""As netif_oper_up() has it."""
_LINK = Attributes(
    {
        uapi.IFLA_IFNAME: b"",
        uapi.IFLA_LINKINFO: b"",
        uapi.IFLA_CARRIER: 0,
        uapi.IFLA_OPERSTATE: 0,
        uapi.IFLA_GROUP: 0,
        uapi.IFLA_ADDRESS: b"",
        uapi.IFLA_MTU: 0,
        uapi.IFLA_MASTER: 0,
        uapi.IFLA_LINK: 0,
        uapi.IFLA_LINK_NETNSID: None,
        uapi.IFLA_IFALIAS: b"",
        uapi.IFLA_QDISC: b"",
        uapi.IFLA_PROP_LIST: b"",
    }
)
_INFO = Attributes(
    {uapi.IFLA_INFO_KIND: b"", uapi.IFLA_INFO_DATA: b"", uapi.IFLA_INFO_SLAVE_DATA: b""}
)
_PORT = Attributes({uapi.IFLA_BRPORT_STATE: 0, uapi.IFLA_BRPORT_ISOLATED: 0})


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
    properties: bytes
    data: bytes
    port: bytes


_word = lru_cache(maxsize=1 << 12)(words)
"""Names of kinds and of qdiscs are few, and a thousand nodes call their interfaces alike."""


def read_link(buffer: bytes, start: int, end: int) -> LinkRecord:
    _, _, ifindex, flags, _ = _HEAD.unpack_from(buffer, start)
    found = _LINK.read(buffer, start + _HEAD.size, end)
    if ifindex == uapi.LOOPBACK_IFINDEX:
        return _loopback(flags, found)
    return _record(ifindex, flags, found)


@lru_cache(maxsize=64)
def _loopback(flags: int, found: Values) -> LinkRecord:
    """Each namespace has one, and as far as it matters nearly all are alike."""
    return _record(uapi.LOOPBACK_IFINDEX, flags, found)


def _record(ifindex: int, flags: int, found: Values) -> LinkRecord:
    name, info, carrier, state, group, mac, mtu, master, peer, nsid, alias, qdisc, names = found
    kind, data, port = _INFO.read(info, 0, len(info))
    return LinkRecord(
        ifindex,
        _word(name),
        _word(kind),
        bool(flags & uapi.IFF_UP),
        bool(carrier),
        state in _OPERATIONAL,
        group,
        mac.hex(":"),
        mtu,
        master,
        peer,
        nsid,
        _word(alias),
        _word(qdisc),
        names,
        data,
        port,
    )


class PortRecord(NamedTuple):
    """What an interface is as the port of a bridge. `held` is the state in which it does not
    forward, None where it does."""

    held: str | None
    isolated: bool


def read_port(data: bytes) -> PortRecord:
    """From IFLA_INFO_SLAVE_DATA of a bridge's port."""
    state, isolated = _PORT.read(data, 0, len(data))
    return PortRecord(_HELD.get(state), bool(isolated))
