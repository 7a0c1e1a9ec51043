"""Many interfaces go at once, or, where one of them cannot, each by itself."""

from __future__ import annotations

import errno
import socket

import pytest

from conlink_compose.kernel.mark import mark_of
from conlink_compose.kernel.remove import BULK, remove_links
from conlink_compose.kernel.rtnl.link_socket import LinkSocket, route_sockets
from conlink_compose.linux.uapi import LOOPBACK_IFINDEX
from conlink_compose.state import HUB
from tests.kernel.lab import PROJECT, Lab

pytestmark = pytest.mark.root


def test_one_that_cannot_go_is_told_and_holds_up_no_other(lab: Lab) -> None:
    for number in range(BULK):
        lab.change(HUB, f"link add x{number} type ifb")
    links = lab.ip(HUB, "link show")
    (raw,) = route_sockets((lab.fds[HUB],))
    assert isinstance(raw, socket.socket)
    ifindexes = [link["ifindex"] for link in links]
    refused = remove_links(LinkSocket(raw), ifindexes, mark_of(PROJECT))
    lo = ifindexes.index(LOOPBACK_IFINDEX)
    assert {position: refusal.errno for position, refusal in refused.items()} == {
        lo: errno.EOPNOTSUPP
    }
    (left,) = lab.ip(HUB, "link show")
    assert left["ifname"] == "lo"
    assert left["group"] == str(mark_of(PROJECT))
