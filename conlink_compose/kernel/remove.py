"""Removing interfaces: one by one, or many at once.

Every RTM_DELLINK waits for RCU, 21 ms. A whole group is removed with one wait for all: the
doomed are put into a group of their own, then the group is removed, 0.4 ms an interface.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence

from conlink_compose.kernel.mark import doomed, is_ours
from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.rtnl import messages_link
from conlink_compose.kernel.rtnl.link_socket import LinkSocket, Refusal
from conlink_compose.kernel.rtnl.read_link import read_link

BULK = 8
"""From here on the group pays."""

_MOST = 2000
"""A send must fit the socket's send buffer."""


def remove_links(through: LinkSocket, ifindexes: Sequence[int], mark: int) -> dict[int, Refusal]:
    """The refused ones by their position. One that is already gone is not refused."""
    if len(ifindexes) >= BULK:
        for start in range(0, len(ifindexes), _MOST):
            _remove_group(through, ifindexes[start : start + _MOST], mark)
    # After a bulk nothing is left, and asking again costs no wait: what is gone says ENODEV.
    refused = through.exchange([messages_link.remove(ifindex) for ifindex in ifindexes])
    return {position: no for position, no in refused.items() if no.errno != errno.ENODEV}


def on_parents(namespace: Namespace, mark: int) -> list[int]:
    """The ifindexes of ours there that lie on a parent."""
    links = namespace.socket.read_dump(messages_link.dump_links(), read_link)
    return [
        link.ifindex
        for link in links
        if link.peer_ifindex and link.kind != "veth" and is_ours(link.group, mark)
    ]


def _remove_group(through: LinkSocket, ifindexes: Sequence[int], mark: int) -> None:
    """In one send, which the kernel finishes even if we are killed: nobody can ever find an
    interface in the group of the doomed that does not belong to this removal."""
    requests = [messages_link.regroup(ifindex, doomed(mark)) for ifindex in ifindexes]
    requests.append(messages_link.remove_group(doomed(mark)))
    refused = through.exchange(requests, batch=len(requests))
    if len(ifindexes) in refused:
        through.exchange([messages_link.regroup(ifindex, mark) for ifindex in ifindexes])
