"""Many interfaces go at once, or, where one of them cannot, each by itself."""

from __future__ import annotations

import errno
import socket

import pytest

from conlink_compose.kernel.link_socket import LinkSocket
from conlink_compose.kernel.mark import mark_of
from conlink_compose.kernel.netns import route_sockets
from conlink_compose.kernel.remove import BULK, remove_links
from conlink_compose.kernel.uapi import LOOPBACK_INDEX
from conlink_compose.state import HUB
from tests.kernel.lab import PROJECT, Lab

pytestmark = pytest.mark.root


def test_one_that_cannot_go_is_told_and_holds_up_no_other(lab: Lab) -> None:
    for number in range(BULK):
        lab.change(HUB, f"link add x{number} type ifb")
    links = lab.ip(HUB, "link show")
    (raw,) = route_sockets((lab.netns[HUB],))
    assert isinstance(raw, socket.socket)
    indexes = [link["ifindex"] for link in links]
    refused = remove_links(LinkSocket(raw), indexes, mark_of(PROJECT))
    at = indexes.index(LOOPBACK_INDEX)
    assert {place: refusal.errno for place, refusal in refused.items()} == {at: errno.EOPNOTSUPP}
    (left,) = lab.ip(HUB, "link show")
    assert left["ifname"] == "lo"
    assert left["group"] == str(mark_of(PROJECT))
