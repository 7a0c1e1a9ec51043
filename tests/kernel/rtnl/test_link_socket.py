"""Answers that come in parts, change on their way, or are lost."""

from __future__ import annotations

import errno
import socket

import pytest

from conlink_compose.kernel.rtnl.link_socket import BATCH, SEND, LinkSocket, route_sockets
from conlink_compose.kernel.rtnl.messages_link import dump_links, regroup, remove
from conlink_compose.kernel.rtnl.messages_qdisc import make
from conlink_compose.state import HUB, Netem
from tests.kernel.lab import Lab

pytestmark = pytest.mark.root

NOBODY = 1 << 30
"""An ifindex that no interface has."""

MANY = 60
"""Interfaces whose dump takes more than one receive."""


class Disturbed(LinkSocket):
    """The kernel makes each part of a dump at the moment it is received: before each of the first
    receives an interface comes, so that the dump is interrupted."""

    def __init__(self, lab: Lab, receives: int) -> None:
        super().__init__(_raw(lab))
        self._lab = lab
        self._left = receives
        self.made = 0

    def _receive(self) -> bytes:
        if self._left:
            self._left -= 1
            self.made += 1
            self._lab.change(HUB, f"link add more{self.made} type ifb")
        return super()._receive()


def _raw(lab: Lab) -> socket.socket:
    (raw,) = route_sockets((lab.fds[HUB],))
    assert isinstance(raw, socket.socket)
    return raw


@pytest.fixture
def crowded(lab: Lab) -> Lab:
    for number in range(MANY):
        lab.change(HUB, f"link add many{number} type ifb")
    return lab


def test_a_dump_that_was_interrupted_is_asked_for_again(crowded: Lab) -> None:
    disturbed = Disturbed(crowded, 2)
    names = len(crowded.ip(HUB, "link show"))
    assert len(disturbed.dump(dump_links())) == names + disturbed.made
    assert disturbed.made == 2


def test_a_dump_that_is_interrupted_for_ever_is_not_believed(crowded: Lab) -> None:
    with pytest.raises(OSError, match="faster than it can be read") as caught:
        Disturbed(crowded, 1000).dump(dump_links())
    assert caught.value.errno == errno.EINTR


def test_lost_answers_are_no_end(lab: Lab) -> None:
    raw = _raw(lab)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    asked = LinkSocket(raw)
    refused = asked.exchange([remove(99999)] * 64)
    assert 0 < len(refused) < 64
    assert {refusal.errno for refusal in refused.values()} == {errno.ENODEV}
    assert asked.exchange([regroup(1, 7)]) == {}
    assert [one["group"] for one in lab.ip(HUB, "link show dev lo")] == ["7"]


def test_what_is_too_large_for_one_send_goes_in_several(lab: Lab) -> None:
    """A table of a jitter's distribution alone has 8 KB."""
    request = make(NOBODY, 0, Netem(jitter=5, distribution="normal"))
    assert len(request.body) * BATCH > 2 * SEND
    asked = LinkSocket(_raw(lab))
    refused = asked.exchange([request] * (2 * BATCH))
    assert [refused[position].errno for position in range(2 * BATCH)] == [errno.ENODEV] * 2 * BATCH
    asked.close()
