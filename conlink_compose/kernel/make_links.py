"""Making interfaces that have no other end, in the namespace they shall lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from conlink_compose.kernel import messages_link
from conlink_compose.kernel.create import create
from conlink_compose.kernel.indexes import Indexes
from conlink_compose.kernel.link_socket import LinkSocket, Refusal, Request
from conlink_compose.kernel.tell import tell
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
    finishing = [(link, messages_link.finish(link.interface, link.index)) for link in made]
    return made, refused + tell(through, finishing)


def _creation(link: Single, indexes: Indexes, mark: int) -> Request:
    link.index = indexes.take()
    return messages_link.make(link.interface, link.index, mark)
