"""Whether a namespace forwards: netlink tells of it, and only /proc/sys turns it."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.rtnl.link_socket import Refusal, Request
from conlink_compose.linux import uapi
from conlink_compose.linux.mount import make_writable
from conlink_compose.linux.namespaces import NEWNET, NEWNS, setns, unshare
from conlink_compose.linux.netlink import attribute, number, parse
from conlink_compose.state import Forwarding, Operation

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_HEAD = 4  # struct netconfmsg, padded
_ALL = struct.pack("=i", -1)  # NETCONFA_IFINDEX_ALL
_PATHS = {4: "/proc/sys/net/ipv4/ip_forward", 6: "/proc/sys/net/ipv6/conf/all/forwarding"}


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


class ForwardingSwitch:
    """Obeys, by a thread that stands in the namespace and ends there."""

    def obey(
        self, namespace: Namespace, operations: Sequence[Operation]
    ) -> list[tuple[Operation, Refusal]]:
        """What the kernel refused."""
        refused = []
        for operation in operations:
            thing = operation.thing
            assert isinstance(thing, Forwarding)
            with ThreadPoolExecutor(1) as thread:
                error = thread.submit(_write, namespace.fd, thing).exception()
            if isinstance(error, OSError):
                refused.append((operation, Refusal(error.errno or errno.EIO, "")))
            elif error:
                raise error
        return refused


def _write(fd: int, wanted: Forwarding) -> None:
    with suppress(OSError):
        # A container's /proc/sys is a read-only mount, and stays one for all but this thread.
        unshare(NEWNS)
        make_writable("/proc/sys")
    setns(fd, NEWNET)
    # Of the thread's network, at the moment of open(2).
    Path(_PATHS[wanted.family]).write_text(str(int(wanted.on)))
