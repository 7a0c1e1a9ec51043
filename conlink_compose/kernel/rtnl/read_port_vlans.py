"""The VLANs of bridges' ports as a dump brings them."""

from __future__ import annotations

import struct
from typing import NamedTuple

from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import Body, listed, parse

_HEAD = struct.Struct("=BxHiII")
_VLAN = struct.Struct("=HH")
_NOTHING = memoryview(b"")


class PortVlansRecord(NamedTuple):
    """As `state.PortVlans` has it."""

    ifindex: int
    pvid: int
    untagged: tuple[int, ...]
    tagged: tuple[int, ...]


def read_port_vlans(body: Body) -> PortVlansRecord:
    _, _, ifindex, _, _ = _HEAD.unpack_from(body.buffer, body.start)
    found = parse(body.buffer, body.start + _HEAD.size, body.end)
    pvid, first = 0, 0
    untagged: list[int] = []
    tagged: list[int] = []
    for kind, payload in listed(found.get(uapi.IFLA_AF_SPEC, _NOTHING)):
        if kind != uapi.IFLA_BRIDGE_VLAN_INFO:
            continue
        flags, vid = _VLAN.unpack_from(payload)
        if flags & uapi.BRIDGE_VLAN_INFO_RANGE_BEGIN:
            first = vid
            continue
        ids = range(first or vid, vid + 1)
        first = 0
        (untagged if flags & uapi.BRIDGE_VLAN_INFO_UNTAGGED else tagged).extend(ids)
        pvid = vid if flags & uapi.BRIDGE_VLAN_INFO_PVID else pvid
    return PortVlansRecord(ifindex, pvid, tuple(untagged), tuple(tagged))
