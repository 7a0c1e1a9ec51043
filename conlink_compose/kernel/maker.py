"""Operations that make interfaces: what each needs is looked up, and many are made at once."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from conlink_compose.kernel.failure import FOREIGN_BRIDGE
from conlink_compose.kernel.make import Ifindexes, Single, Veth, make_singles, make_veths
from conlink_compose.kernel.namespaces import Namespaces
from conlink_compose.kernel.rtnl.link_socket import Refusal
from conlink_compose.kernel.rtnl.lookup import Known
from conlink_compose.kernel.snooping import Snooping
from conlink_compose.state import HUB, End, Interface, Operation

Refused = Iterable[tuple[Operation, Refusal]]

GONE = Refusal(errno.ENODEV, "")
_BRIDGE_NOT_OURS = Refusal(errno.EPERM, FOREIGN_BRIDGE)

_Link = TypeVar("_Link", Single, Veth)


class Maker:
    """`ends` is kept up to date with what is made."""

    def __init__(
        self,
        namespaces: Namespaces,
        ends: dict[End, Known],
        mark: int,
        ifindexes: Ifindexes,
        snooping: Snooping,
    ) -> None:
        self._namespaces = namespaces
        self._ends = ends
        self._mark = mark
        self._ifindexes = ifindexes
        self.snooping = snooping

    def veths(self, _: str, operations: Sequence[Operation]) -> Iterator[tuple[Operation, Refusal]]:
        """Make them through the hub; the refused ones."""
        veths, impossible = _sorted_out(operations, self._veth_of)
        yield from impossible
        made, refused = make_veths(self._namespaces.hub.socket, veths, self._ifindexes, self._mark)
        for veth in made:
            self._ends[veth.near.end] = Known(veth.near_ifindex, owned=True)
            self._ends[veth.far.end] = Known(veth.far_ifindex, owned=True)
        for veth, refusal in refused:
            yield veth.operation, refusal

    def singles(
        self, label: str, operations: Sequence[Operation]
    ) -> Iterator[tuple[Operation, Refusal]]:
        """Make them through the namespace of the label, which is where they are, or their parents;
        the refused ones."""
        through = self._namespaces.get(label)
        if through is None:
            yield from ((operation, GONE) for operation in operations)
            return
        links, impossible = _sorted_out(operations, self._single_of)
        yield from impossible
        made, refused = make_singles(through.socket, links, self._ifindexes, self._mark)
        for link in made:
            self._ends[link.interface.end] = Known(link.ifindex, owned=True)
        for link, refusal in refused:
            yield link.operation, refusal

    def master_of(self, port: Interface) -> int | Refusal:
        """Asked again, though a plan joins nothing to a bridge that is not ours: it may have
        changed hands since."""
        known = self._ends.get(End(port.netns, port.master or ""))
        if known is None:
            return Refusal(errno.ENODEV, f"there is no bridge {port.master}")
        return known.ifindex if known.owned else _BRIDGE_NOT_OURS

    def _veth_of(self, operation: Operation) -> Veth | Refusal:
        near, far = operation.thing, operation.other
        if not isinstance(near, Interface) or far is None:
            return Refusal(errno.EINVAL, "a veth has two ends")
        if near.netns == HUB:
            near, far = far, near
        near_namespace = self._namespaces.get(near.netns)
        far_namespace = self._namespaces.get(far.netns)
        if near_namespace is None or far_namespace is None:
            return GONE
        master = self.master_of(far) if far.master else None
        if isinstance(master, Refusal):
            return master
        return Veth(operation, near, far, near_namespace, far_namespace, master)

    def _single_of(self, operation: Operation) -> Single | Refusal:
        thing = operation.thing
        assert isinstance(thing, Interface)
        namespace = self._namespaces.get(thing.netns)
        parent = self._ends.get(thing.parent) if thing.parent else None
        if namespace is None or (thing.parent and not parent):
            return GONE
        master = self.master_of(thing) if thing.master else None
        if isinstance(master, Refusal):
            return master
        at_first = self.snooping.put_off(operation, thing)
        return Single(operation, at_first, namespace, master, parent.ifindex if parent else None)


def _sorted_out(
    operations: Iterable[Operation], found: Callable[[Operation], _Link | Refusal]
) -> tuple[list[_Link], list[tuple[Operation, Refusal]]]:
    """What can be made, and what cannot."""
    links: list[_Link] = []
    impossible: list[tuple[Operation, Refusal]] = []
    for operation in operations:
        one = found(operation)
        if isinstance(one, Refusal):
            impossible.append((operation, one))
        else:
            links.append(one)
    return links, impossible
