"""Plan -> kernel: obeys, decides nothing. What is refused becomes a value, and the rest goes on."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TypeAlias

from conlink_compose.kernel.backend import Backend
from conlink_compose.kernel.failure import FOREIGN, FOREIGN_BRIDGE, Failure, is_ipv6_off
from conlink_compose.kernel.ipv6_switch import switch_on
from conlink_compose.kernel.make import Ifindexes, Single, Veth, make_singles, make_veths
from conlink_compose.kernel.namespaces import Namespace, Namespaces
from conlink_compose.kernel.remove import remove_links
from conlink_compose.kernel.rtnl import messages_route
from conlink_compose.kernel.rtnl.handlers import handler_of
from conlink_compose.kernel.rtnl.link_socket import Refusal, Request
from conlink_compose.kernel.rtnl.lookup import Known, Requests
from conlink_compose.kernel.way import way_of
from conlink_compose.linux.uapi import LOOPBACK_IFINDEX
from conlink_compose.state import (
    HUB,
    Address,
    End,
    Interface,
    Key,
    Operation,
    Plan,
    Route,
    Thing,
)

Told: TypeAlias = tuple[Operation, tuple[Request, ...]]
"""What was asked of the kernel for an operation."""

_GONE = Refusal(errno.ENODEV, "")
_NOT_OURS = Refusal(errno.EPERM, FOREIGN)
_BRIDGE_NOT_OURS = Refusal(errno.EPERM, FOREIGN_BRIDGE)


class Apply:
    """One application of a plan. `known` is the last observation's, and is kept up to date."""

    def __init__(
        self,
        namespaces: Namespaces,
        known: dict[End, Known],
        mark: int,
        ifindexes: Ifindexes,
        backends: Mapping[str, Backend],
    ) -> None:
        self._namespaces = namespaces
        self._ends = known
        self._mark = mark
        self._ifindexes = ifindexes
        self._backends = backends
        self._failures: list[Failure] = []
        self._not_made: set[Key] = set()  # what needs these is left out
        self._incomplete: set[str] = set()  # labels of namespaces: they get no ready mark

    def obey(self, plan: Plan) -> tuple[Failure, ...]:
        """Consecutive operations that go the same way travel in one send."""
        ways: dict[str, Callable[[str, Sequence[Operation]], None]] = {
            "veth": self._make_veths,
            "make": self._make,
            "make ports": self._make,
            "make on a parent": self._make,
            "remove": self._remove,
            "tell": self._tell,
            "ready": self._tell,
        }
        ways |= {way: partial(self._ask, one) for way, one in self._backends.items()}
        for (way, label), group in groupby(plan, key=way_of):
            # What came before decides what is left out, so this is asked group by group.
            operations = [operation for operation in group if self._shall_try(operation)]
            if operations:
                ways[way](label, operations)
        return tuple(self._failures)

    def _shall_try(self, operation: Operation) -> bool:
        """Not where what it needs could not be made; then it is left out as well."""
        thing = operation.thing
        if thing.IS_MARK:
            return thing.netns not in self._incomplete
        if thing.lies_on:
            return thing.lies_on not in self._not_made
        if self._not_made.isdisjoint(_needs_of(operation)):
            return operation.verb == "add" or thing.key not in self._not_made
        # Its bridge could not be made: that is told, and once is enough.
        self._leave_out(operation)
        return False

    def _fail(self, operation: Operation, refusal: Refusal) -> None:
        self._failures.append(Failure(operation, refusal.errno, refusal.message))
        self._leave_out(operation)

    def _leave_out(self, operation: Operation) -> None:
        for thing in operation.touched:
            self._incomplete |= {thing.netns, *(key[1] for key in thing.ends_with)}
            if operation.verb == "add":
                self._not_made.add(thing.key)

    def _make_veths(self, _: str, operations: Sequence[Operation]) -> None:
        veths: list[Veth] = []
        for operation in operations:
            veth = self._veth_of(operation)
            if isinstance(veth, Refusal):
                self._fail(operation, veth)
            else:
                veths.append(veth)
        made, refused = make_veths(self._namespaces.hub.socket, veths, self._ifindexes, self._mark)
        for veth in made:
            self._ends[veth.near.end] = Known(veth.near_ifindex, owned=True)
            self._ends[veth.far.end] = Known(veth.far_ifindex, owned=True)
        for veth, refusal in refused:
            self._fail(veth.operation, refusal)

    def _veth_of(self, operation: Operation) -> Veth | Refusal:
        near, far = operation.thing, operation.other
        if not isinstance(near, Interface) or far is None:
            return Refusal(errno.EINVAL, "a veth has two ends")
        if near.netns == HUB:
            near, far = far, near
        near_namespace = self._namespaces.get(near.netns)
        far_namespace = self._namespaces.get(far.netns)
        if near_namespace is None or far_namespace is None:
            return _GONE
        master = self.master_of(far) if far.master else None
        if isinstance(master, Refusal):
            return master
        return Veth(operation, near, far, near_namespace, far_namespace, master)

    def master_of(self, port: Interface) -> int | Refusal:
        """Asked again, though a plan joins nothing to a bridge that is not ours: it may have
        changed hands since."""
        known = self._ends.get(End(port.netns, port.master or ""))
        if known is None:
            return Refusal(errno.ENODEV, f"there is no bridge {port.master}")
        return known.ifindex if known.owned else _BRIDGE_NOT_OURS

    def _make(self, label: str, operations: Sequence[Operation]) -> None:
        """`label` is where they are made, which is where their parents are."""
        through = self._namespaces.get(label)
        links: list[Single] = []
        for operation in operations:
            single = self._single_of(operation) if through else _GONE
            if isinstance(single, Refusal):
                self._fail(operation, single)
            else:
                links.append(single)
        if through is None:
            return
        made, refused = make_singles(through.socket, links, self._ifindexes, self._mark)
        for link in made:
            self._ends[link.interface.end] = Known(link.ifindex, owned=True)
        for link, refusal in refused:
            self._fail(link.operation, refusal)

    def _single_of(self, operation: Operation) -> Single | Refusal:
        thing = operation.thing
        assert isinstance(thing, Interface)
        namespace = self._namespaces.get(thing.netns)
        parent = self._ends.get(thing.parent) if thing.parent else None
        if namespace is None or (thing.parent and not parent):
            return _GONE
        master = self.master_of(thing) if thing.master else None
        if isinstance(master, Refusal):
            return master
        return Single(operation, thing, namespace, master, parent.ifindex if parent else None)

    def _remove(self, _: str, operations: Sequence[Operation]) -> None:
        """A veth goes through its end in the hub, so that all of them go together."""
        by_label: dict[str, list[tuple[Operation, int]]] = {}
        for operation in operations:
            end = self._end_to_remove(operation)
            known = self._ends.pop(end, None)
            if known is None:
                continue
            if not (known.owned and operation.thing.owned):
                self._ends[end] = known
                self._fail(operation, _NOT_OURS)
                continue
            by_label.setdefault(end.netns, []).append((operation, known.ifindex))
        for label, doomed in by_label.items():
            namespace = self._namespaces.get(label)
            if namespace:
                ifindexes = [ifindex for _, ifindex in doomed]
                refused = remove_links(namespace.socket, ifindexes, self._mark)
                for position, refusal in refused.items():
                    self._fail(doomed[position][0], refusal)

    def _end_to_remove(self, operation: Operation) -> End:
        thing = operation.thing
        assert isinstance(thing, Interface)
        through_hub = thing.peer is not None and thing.peer.netns == HUB
        other = self._ends.get(thing.peer) if thing.peer and through_hub else None
        return thing.peer if thing.peer and other and other.owned else thing.end

    def _ask(self, backend: Backend, label: str, operations: Sequence[Operation]) -> None:
        namespace = self._namespaces.get(label)
        if namespace:
            refused = backend.obey(namespace, operations)
        else:
            refused = [(operation, _GONE) for operation in operations]
        for operation, refusal in refused:
            self._fail(operation, refusal)

    def _tell(self, label: str, operations: Sequence[Operation]) -> None:
        namespace = self._namespaces.get(label)
        told: list[Told] = []
        for operation in operations:
            requests = self._requests_of(operation)
            if isinstance(requests, Refusal):
                self._fail(operation, requests)
            else:
                told.append((operation, requests))
        refused = self._send(namespace, told)
        self._restore(namespace, [op for op in operations if op in refused])

    def _restore(self, namespace: Namespace | None, refused: Sequence[Operation]) -> None:
        """The route of a change that was refused: it went in the send that brought the refusal."""
        requests = [
            messages_route.append(operation.before, known.ifindex)
            for operation in refused
            if isinstance(operation.before, Route)
            and (known := self._ends.get(End(operation.thing.netns, operation.before.interface)))
        ]
        if namespace and requests:
            namespace.socket.exchange(requests)

    @property
    def mark(self) -> int:
        return self._mark

    def known(self, end: End) -> Known | None:
        return self._ends.get(end)

    def _requests_of(self, operation: Operation) -> Requests:
        end = _end_of(operation.thing)
        if end is None:
            return handler_of(operation.thing).tell(operation, LOOPBACK_IFINDEX, self)
        known = self._ends.get(end)
        if known is None:
            return () if operation.verb == "remove" else _GONE
        ours = operation.thing.owned and (operation.before is None or operation.before.owned)
        if not (known.owned and ours):
            return _NOT_OURS
        return handler_of(operation.thing).tell(operation, known.ifindex, self)

    def _send(
        self,
        namespace: Namespace | None,
        told: Sequence[Told],
    ) -> set[Operation]:
        """The refused operations."""
        answers = [(operation, _GONE) for operation, requests in told if requests]
        if namespace:
            answers = namespace.socket.exchange_each(told, is_fine=_is_fine)
            answers = self._with_ipv6(namespace, told, answers)
        for operation, refusal in answers:
            self._fail(operation, refusal)
        return {operation for operation, _ in answers}

    def _with_ipv6(
        self,
        namespace: Namespace,
        told: Sequence[Told],
        answers: Sequence[tuple[Operation, Refusal]],
    ) -> list[tuple[Operation, Refusal]]:
        """What is refused in the end, where IPv6 was off and has been switched on for it."""
        off = {
            one.thing.interface
            for one, refusal in answers
            if isinstance(one.thing, Address | Route) and is_ipv6_off(one, refusal.errno)
        }
        if not off or not switch_on(namespace, off):
            return list(answers)
        # A route is refused beside the address that leads to its gateway, whatever it needs.
        again = {one for one, _ in answers if one.verb == "add"}
        rest = [(one, refusal) for one, refusal in answers if one not in again]
        once_more = [(one, requests) for one, requests in told if one in again]
        return [*rest, *namespace.socket.exchange_each(once_more, is_fine=_is_fine)]


def _needs_of(operation: Operation) -> Iterator[Key]:
    for thing in operation.touched if operation.verb != "remove" else ():
        yield from thing.needs


def _end_of(thing: Thing) -> End | None:
    """The interface it is or lies on; None for what is about `lo`."""
    key = thing.key if isinstance(thing, Interface) else thing.lies_on
    return End(key[1], key[2]) if key else None


def _is_fine(operation: Operation, refusal: Refusal) -> bool:
    return refusal.errno in handler_of(operation.thing).FINE.get(operation.verb, ())
