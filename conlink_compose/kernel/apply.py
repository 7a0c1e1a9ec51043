"""Plan -> kernel: obeys, decides nothing. What is refused becomes a value, and the rest goes on."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TypeAlias

from conlink_compose.kernel.backend import Backend
from conlink_compose.kernel.failure import FOREIGN, Failure, is_ipv6_off
from conlink_compose.kernel.ipv6_switch import switch_on
from conlink_compose.kernel.maker import GONE, Maker, Refused
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

_NOT_OURS = Refusal(errno.EPERM, FOREIGN)


class Apply:
    """One application of a plan. `known` is the last observation's, and is kept up to date."""

    def __init__(
        self,
        namespaces: Namespaces,
        known: dict[End, Known],
        mark: int,
        maker: Maker,
        backends: Mapping[str, Backend],
    ) -> None:
        self._namespaces = namespaces
        self._ends = known
        self._mark = mark
        self._backends = backends
        self._maker = maker
        self._failures: list[Failure] = []
        self._not_made: set[Key] = set()  # what needs these is left out
        self._incomplete: set[str] = set()  # labels of namespaces: they get no ready mark

    def obey(self, plan: Plan) -> tuple[Failure, ...]:
        """Consecutive operations that go the same way travel in one send."""
        singles = partial(self._make, self._maker.singles)
        ways: dict[str, Callable[[str, Sequence[Operation]], None]] = {
            "veth": partial(self._make, self._maker.veths),
            "make": singles,
            "make ports": singles,
            "make on a parent": singles,
            "remove": self._remove,
            "tell": self._tell,
            "ready": self._tell,
        }
        ways |= {way: partial(self._ask, one) for way, one in self._backends.items()}
        for (way, label), group in groupby(plan, key=way_of):
            if self._maker.snooping.is_due(way, label):
                self._catch_up()
            # What came before decides what is left out, so this is asked group by group.
            operations = [operation for operation in group if self._shall_try(operation)]
            if operations:
                ways[way](label, operations)
        self._catch_up()
        return tuple(self._failures)

    def _catch_up(self) -> None:
        self._send(self._namespaces.hub, self._maker.snooping.catch_up(self._ends))

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
            if thing.IS_WAITED_FOR:
                self._incomplete |= {thing.netns, *(key[1] for key in thing.ends_with)}
            if operation.verb == "add":
                self._not_made.add(thing.key)

    def _make(
        self,
        make: Callable[[str, Sequence[Operation]], Refused],
        label: str,
        operations: Sequence[Operation],
    ) -> None:
        for operation, refusal in make(label, operations):
            self._fail(operation, refusal)

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
            refused = [(operation, GONE) for operation in operations]
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

    def master_of(self, port: Interface) -> int | Refusal:
        return self._maker.master_of(port)

    def _requests_of(self, operation: Operation) -> Requests:
        end = _end_of(operation.thing)
        if end is None:
            return handler_of(operation.thing).tell(operation, LOOPBACK_IFINDEX, self)
        known = self._ends.get(end)
        if known is None:
            return () if operation.verb == "remove" else GONE
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
        answers = [(operation, GONE) for operation, requests in told if requests]
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
