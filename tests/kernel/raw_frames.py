"""Frames of every kind, sent and seen by raw sockets in nodes."""

from __future__ import annotations

import socket
import struct

from conlink_compose.linux.namespaces import in_each_network
from tests.kernel.lab import Lab

ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA, TP_STATUS_VLAN_VALID = 263, 8, 1 << 4  # linux/if_packet.h
PACKET_IGNORE_OUTGOING = 23  # else it hears what others in its node send
_AUXDATA = struct.Struct("=IIIHHHH")  # struct tpacket_auxdata
OURS = bytes.fromhex("88b5")  # IEEE 802: a local experimental EtherType

GROUPS = {
    "spanning tree": "01:80:c2:00:00:00",
    "pause": "01:80:c2:00:00:01",
    "LACP": "01:80:c2:00:00:02",
    "802.1X": "01:80:c2:00:00:03",
    "LLDP": "01:80:c2:00:00:0e",
    "everybody": "ff:ff:ff:ff:ff:ff",
    "nobody's": "02:00:00:00:77:77",
}


def raw(lab: Lab, node: str) -> socket.socket:
    """On its eth0."""

    def make() -> socket.socket:
        made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        made.bind(("eth0", ETH_P_ALL))
        made.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        made.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        made.settimeout(2)
        return made

    (found,) = in_each_network((lab.fds[node],), make)
    assert isinstance(found, socket.socket), found
    return found


def frame(
    to: str, payload: bytes = b"", kind: bytes = OURS, source: str = "02:00:00:00:00:01"
) -> bytes:
    return bytes.fromhex(f"{to}{source}".replace(":", "")) + kind + payload


def whole(receiver: socket.socket) -> bytes:
    """The next frame. The kernel takes the VLAN's tag out and tells it beside the rest."""
    found, beside, _, _ = receiver.recvmsg(65536, 64)
    for _, _, told in beside:
        status, _, _, _, _, tag, tpid = _AUXDATA.unpack(told)
        if status & TP_STATUS_VLAN_VALID:
            found = found[:12] + struct.pack(">HH", tpid, tag) + found[12:]
    return found


def arrives(lab: Lab, sent: bytes, near: str = "a", far: str = "b") -> bool:
    """Whether what `near` sends comes to `far` as it is."""
    with raw(lab, near) as sender, raw(lab, far) as receiver:
        sender.send(sent)
        try:
            while True:
                if whole(receiver) == sent:
                    return True
        except TimeoutError:
            return False
