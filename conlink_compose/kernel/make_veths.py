"""Making veths: two messages for both ends, many veths in one send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from conlink_compose.kernel import messages_link
from conlink_compose.kernel.create import create
from conlink_compose.kernel.indexes import Indexes
from conlink_compose.kernel.link_socket import BATCH, LinkSocket, Refusal, Request
from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.tell import tell
from conlink_compose.state import HUB, Interface, Operation


@dataclass(slots=True)
class Veth:
    """One to be made: its ends and their namespaces, the bridge's index, the chosen indexes."""

    operation: Operation
    near: Interface
    far: Interface
    near_place: Namespace
    far_place: Namespace
    master: int | None
    near_index: int = 0
    far_index: int = 0

    def choose(self, indexes: Indexes) -> None:
        self.near_index, self.far_index = indexes.take(), indexes.take()


Refused = list[tuple[Veth, Refusal]]


def make_veths(
    hub: LinkSocket, veths: Sequence[Veth], indexes: Indexes, mark: int
) -> tuple[list[Veth], Refused]:
    """The made ones, and the refused; one whose second message is refused is in both.

    The second message goes out when the first has succeeded, never in the same send: had the
    chosen index been taken, it would change an interface that is not ours.
    """
    made: list[Veth] = []
    refused: Refused = []
    for start in range(0, len(veths), BATCH):
        batch = veths[start : start + BATCH]
        failed = create(hub, [partial(_creation, veth, indexes, mark) for veth in batch])
        whole = [veth for at, veth in enumerate(batch) if at not in failed]
        made += whole
        refused += ((batch[at], refusal) for at, refusal in failed.items())
        refused += _finish(whole)
    return made, refused


def _creation(veth: Veth, indexes: Indexes, mark: int) -> Request:
    veth.choose(indexes)
    # The socket is the hub's, so a far end without a namespace of its own lies in the hub.
    far_netns = None if veth.far.netns == HUB else veth.far_place.netns
    near = (veth.near, veth.near_index, veth.near_place.netns)
    return messages_link.make_veth(near, (veth.far, veth.far_index, far_netns), mark)


def _finish(veths: Sequence[Veth]) -> Iterator[tuple[Veth, Refusal]]:
    for place, group in groupby(veths, key=lambda veth: veth.far_place):
        # Two messages a veth at the most: those of a batch go in one send.
        yield from tell(place.socket, [(veth, _finishing(veth)) for veth in group], 2 * BATCH)


def _finishing(veth: Veth) -> tuple[Request, ...]:
    in_hub = veth.far.netns == HUB
    return messages_link.finish_far_end(veth.far, veth.far_index, veth.master, in_hub)
