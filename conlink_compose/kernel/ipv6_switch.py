"""IPv6 in a node where it is switched off.

Docker does that in each container that has no Docker network with IPv6
(`net.ipv6.conf.all.disable_ipv6`, libnetwork's sandbox): so also where a link of ours shall have
an IPv6 address. Netlink shows that switch and does not turn it; only /proc/sys does.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.linux.namespaces import NEWNET, setns
from conlink_compose.linux.sysctls import see_them_writable

LOOPBACK = "lo"
"""A node's packets to its own addresses go that way, whichever interface has the address."""

_log = logging.getLogger(__name__)


def switch_on(namespace: Namespace, interfaces: Iterable[str]) -> bool:
    """On those interfaces and the loopback; the node's others stay as they are. False where that
    may not be."""
    names = (LOOPBACK, *interfaces)
    # A thread of its own stands in other mounts and another network, and ends there.
    with ThreadPoolExecutor(1) as thread:
        error = thread.submit(_write, namespace.fd, names).exception()
    if error and not isinstance(error, OSError):
        raise error
    if error:
        _log.debug("IPv6 stays off in %s: %s", namespace.label, error)
    return not error


def _write(fd: int, names: Iterable[str]) -> None:
    see_them_writable()
    setns(fd, NEWNET)
    for name in names:  # /proc/sys/net is that of the thread's network, at the moment of open(2)
        Path(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").write_text("0")
