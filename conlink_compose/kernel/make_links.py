"""Making interfaces that have no other end, in the namespace they shall lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from conlink_compose.kernel import messages_link
from conlink_compose.kernel.create import create
from conlink_compose.kernel.indexes import Indexes
from conlink_compose.kernel.link_socket import LinkSocket, Refusal, Request
from conlink_compose.state import Interface, Operation


@dataclass(slots=True)
class Single:
    """One to be made, and its chosen index."""

    operation: Operation
    interface: Interface
    index: int = 0


Refused = list[tuple[Single, Refusal]]


def make_links(
    through: LinkSocket, links: Sequence[Single], indexes: Indexes, mark: int
) -> tuple[list[Single], Refused]:
    """The made ones, and the refused; one whose last message is refused is in both."""
    failed = create(through, [partial(_creation, link, indexes, mark) for link in links])
    made = [link for at, link in enumerate(links) if at not in failed]
    refused = [(links[at], refusal) for at, refusal in failed.items()]
    return made, refused + _finish(through, made)


def _creation(link: Single, indexes: Indexes, mark: int) -> Request:
    link.index = indexes.take()
    return messages_link.make(link.interface, link.index, mark)


def _finish(through: LinkSocket, links: Sequence[Single]) -> Refused:
    told = [
        (link, request)
        for link in links
        for request in messages_link.finish(link.interface, link.index)
    ]
    answers = sorted(through.exchange([request for _, request in told]).items())
    # One refusal a link, the first: a dictionary keeps the last it is given.
    first = {id(told[at][0]): (told[at][0], refusal) for at, refusal in answers[::-1]}
    return list(first.values())
