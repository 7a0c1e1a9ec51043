"""Making interfaces, many in one send, each under an interface index of our own choice.

Knowing their indexes beforehand, we can name what we made in the next message without asking for
them in between; a veth's two ends are made by one message.
"""

from __future__ import annotations

import errno
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.rtnl import messages_link
from conlink_compose.kernel.rtnl.link_socket import BATCH, LinkSocket, Refusal, Request
from conlink_compose.state import HUB, Interface, Operation

TRIES = 3
_TAKEN = (errno.EBUSY, errno.EEXIST)
"""EBUSY tells that a peer's index is taken. Of the interface's own index the kernel says
EEXIST, as it does of a name, which another try does not free."""

_LOWEST, _HIGHEST = 1 << 24, 1 << 30


class Ifindexes:
    """The indexes we choose. The kernel counts its own choices up from 1 in each namespace; we
    count from a random place far above, so that another conlink-compose in the same hub counts
    elsewhere."""

    def __init__(self) -> None:
        self._count = itertools.count(random.randrange(_LOWEST, _HIGHEST))  # noqa: S311

    def take(self) -> int:
        """One that this process has not used before, in any namespace."""
        return next(self._count)


@dataclass(slots=True)
class Single:
    """An interface without another end to be made, where, the indexes of its bridge and its parent,
    if it has one, and the chosen one."""

    operation: Operation
    interface: Interface
    namespace: Namespace
    master: int | None = None
    parent: int | None = None
    ifindex: int = 0


@dataclass(slots=True)
class Veth:
    """One to be made: its ends and their namespaces, the bridge's index, the chosen indexes."""

    operation: Operation
    near: Interface
    far: Interface
    near_namespace: Namespace
    far_namespace: Namespace
    master: int | None
    near_ifindex: int = 0
    far_ifindex: int = 0


def make_singles(
    through: LinkSocket, singles: Sequence[Single], ifindexes: Ifindexes, mark: int
) -> tuple[list[Single], list[tuple[Single, Refusal]]]:
    """Make them through the socket of their own namespace, or of their parents'. The made ones, and
    the refused; one whose last message is refused is in both."""
    failed = _create(through, [partial(_make_single, one, ifindexes, mark) for one in singles])
    made = [one for at, one in enumerate(singles) if at not in failed]
    refused = [(singles[at], refusal) for at, refusal in failed.items()]
    for namespace, group in groupby(made, key=lambda single: single.namespace):
        finishing = [
            (one, messages_link.finish(one.interface, one.ifindex, one.master)) for one in group
        ]
        refused += namespace.socket.exchange_each(finishing)
    return made, refused


def make_veths(
    hub: LinkSocket, veths: Sequence[Veth], ifindexes: Ifindexes, mark: int
) -> tuple[list[Veth], list[tuple[Veth, Refusal]]]:
    """The made ones, and the refused; one whose second message is refused is in both.

    The second message goes out when the first has succeeded, never in the same send: had the
    chosen index been taken, it would change an interface that is not ours.
    """
    made: list[Veth] = []
    refused: list[tuple[Veth, Refusal]] = []
    for start in range(0, len(veths), BATCH):
        batch = veths[start : start + BATCH]
        failed = _create(hub, [partial(_make_veth, veth, ifindexes, mark) for veth in batch])
        whole = [veth for at, veth in enumerate(batch) if at not in failed]
        made += whole
        refused += ((batch[at], refusal) for at, refusal in failed.items())
        refused += _finish_veths(whole)
    return made, refused


def _create(through: LinkSocket, makers: Sequence[Callable[[], Request]]) -> dict[int, Refusal]:
    """Send what each maker makes, and what it makes anew where an index may be taken; the
    refused by their position. A maker chooses its indexes at each call."""
    failed: dict[int, Refusal] = {}
    todo = list(range(len(makers)))
    for _ in range(TRIES):
        refused = through.exchange([makers[at]() for at in todo])
        failed = {at: no for at, no in failed.items() if no.errno not in _TAKEN}
        failed |= {todo[position]: refusal for position, refusal in refused.items()}
        todo = [at for at, refusal in failed.items() if refusal.errno in _TAKEN]
        if not todo:
            break
    return failed


def _make_single(single: Single, ifindexes: Ifindexes, mark: int) -> Request:
    single.ifindex = ifindexes.take()
    # One without a parent is made by the socket of its own namespace.
    fd = None if single.parent is None else single.namespace.fd
    return messages_link.make(single.interface, single.ifindex, mark, single.parent, fd)


def _make_veth(veth: Veth, ifindexes: Ifindexes, mark: int) -> Request:
    veth.near_ifindex, veth.far_ifindex = ifindexes.take(), ifindexes.take()
    # The socket is the hub's, so a far end without a namespace of its own lies in the hub.
    far_fd = None if veth.far.netns == HUB else veth.far_namespace.fd
    near = (veth.near, veth.near_ifindex, veth.near_namespace.fd)
    return messages_link.make_veth(near, (veth.far, veth.far_ifindex, far_fd), mark)


def _finish_veths(veths: Sequence[Veth]) -> Iterator[tuple[Veth, Refusal]]:
    for namespace, group in groupby(veths, key=lambda veth: veth.far_namespace):
        # Three messages a veth at the most: those of a batch go in one send.
        finishing = [(veth, _finish_veth(veth)) for veth in group]
        yield from namespace.socket.exchange_each(finishing, 3 * BATCH)


def _finish_veth(veth: Veth) -> tuple[Request, ...]:
    in_hub = veth.far.netns == HUB
    return messages_link.finish_far_end(veth.far, veth.far_ifindex, veth.master, in_hub)
