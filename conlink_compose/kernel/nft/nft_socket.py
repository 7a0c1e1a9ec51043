"""One NETLINK_NETFILTER socket, and transactions on it."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from conlink_compose.kernel.nft.messages import BEGIN, END
from conlink_compose.kernel.rtnl.link_socket import LinkSocket, Refusal, Request
from conlink_compose.linux import nf_tables as nft
from conlink_compose.linux import uapi
from conlink_compose.linux.namespaces import in_each_network
from conlink_compose.linux.netlink import message


def nft_socket(fd: int) -> NftSocket:
    """In the namespace of the descriptor. Raises OSError: EPROTONOSUPPORT where the kernel was
    built without netfilter."""
    (raw,) = in_each_network((fd,), raw_nft_socket)
    if isinstance(raw, OSError):
        raise raw
    return NftSocket(raw)


def raw_nft_socket() -> socket.socket:
    """In the namespace that the thread stands in."""
    kind = socket.SOCK_RAW | socket.SOCK_CLOEXEC
    return socket.socket(socket.AF_NETLINK, kind, nft.NETLINK_NETFILTER)


class NftSocket(LinkSocket):
    """`raw` was made in the namespace that it shall speak to."""

    def transact(self, requests: Sequence[Request]) -> Refusal | None:
        """All of them or none, in one transaction; why it was none.

        They must fit the send buffer, 208 KiB by default: a transaction is one send.
        """
        first = last = 0
        parts = []
        for request in (BEGIN, *requests, END):
            number = next(self._numbers)
            first = first or number
            # An older kernel never answers END, so the last that is sure of an answer is asked.
            last = number if request is not END else last
            ack = uapi.NLM_F_ACK if request is requests[-1] else 0
            flags = request.flags | uapi.NLM_F_REQUEST | ack
            parts.append(message(request.kind, flags, number, request.body))
        self._raw.send(b"".join(parts))
        return next(iter(self._answers(first, last).values()), None)
