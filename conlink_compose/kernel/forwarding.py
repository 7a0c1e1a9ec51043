"""Whether a namespace forwards: netlink tells of it, and only /proc/sys turns it (`sysctls`)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.rtnl.link_socket import Refusal, Request
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, number, parse
from conlink_compose.state import Forwarding

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_HEAD = 4  # struct netconfmsg, padded
_ALL = struct.pack("=i", -1)  # NETCONFA_IFINDEX_ALL


def read_forwarding(namespace: Namespace) -> Iterator[Forwarding]:
    """Of each family; one that the kernel lacks is left out."""
    for family, number_of_it in _FAMILIES.items():
        body = bytes((number_of_it, 0, 0, 0)) + attribute(uapi.NETCONFA_IFINDEX, _ALL)
        answer = namespace.socket.ask(Request(uapi.RTM_GETNETCONF, 0, body))
        if isinstance(answer, Refusal):
            continue
        found = parse(answer[1], _HEAD, len(answer[1]))
        if uapi.NETCONFA_FORWARDING in found:
            on = number(found[uapi.NETCONFA_FORWARDING]) != 0
            yield Forwarding(namespace.label, family, on)
