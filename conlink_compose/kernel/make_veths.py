"""Making veths: two messages for both ends, many veths in one send."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from conlink_compose.kernel import messages_link
from conlink_compose.kernel.indexes import Indexes
from conlink_compose.kernel.link_socket import BATCH, LinkSocket, Refusal, Request
from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.state import HUB, Interface, Operation

TRIES = 3


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
        failed = _create(hub, batch, indexes, mark)
        whole = [veth for at, veth in enumerate(batch) if at not in failed]
        made += whole
        refused += ((batch[at], refusal) for at, refusal in failed.items())
        refused += _finish(whole)
    return made, refused


def _create(
    hub: LinkSocket, batch: Sequence[Veth], indexes: Indexes, mark: int
) -> dict[int, Refusal]:
    failed: dict[int, Refusal] = {}
    todo = list(enumerate(batch))
    for _ in range(TRIES):
        for _, veth in todo:
            veth.choose(indexes)
        refused = hub.exchange([_creation(veth, mark) for _, veth in todo])
        failed = {at: r for at, r in failed.items() if r.errno != errno.EBUSY}
        failed |= {todo[place][0]: refusal for place, refusal in refused.items()}
        # EBUSY: an index is taken. EEXIST would be a name, which another try does not free.
        todo = [(at, batch[at]) for at, refusal in failed.items() if refusal.errno == errno.EBUSY]
        if not todo:
            break
    return failed


def _creation(veth: Veth, mark: int) -> Request:
    # The socket is the hub's, so a far end without a namespace of its own lies in the hub.
    far_netns = None if veth.far.netns == HUB else veth.far_place.netns
    near = (veth.near, veth.near_index, veth.near_place.netns)
    return messages_link.make_veth(near, (veth.far, veth.far_index, far_netns), mark)


def _finish(veths: Sequence[Veth]) -> Iterator[tuple[Veth, Refusal]]:
    for place, group in groupby(veths, key=lambda veth: veth.far_place):
        owners: list[Veth] = []
        requests: list[Request] = []
        for veth in group:
            in_hub = veth.far.netns == HUB
            mine = messages_link.finish_far_end(veth.far, veth.far_index, veth.master, in_hub)
            requests += mine
            owners += [veth] * len(mine)
        refusals = place.socket.exchange(requests, batch=2 * BATCH)
        # One refusal a veth, the first: a dictionary keeps the last it is given.
        first = {id(owners[at]): (owners[at], no) for at, no in sorted(refusals.items())[::-1]}
        yield from first.values()
