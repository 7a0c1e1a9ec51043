"""Plan -> kernel: obeys, decides nothing. What is refused becomes a value, and the rest goes on."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

from conlink_compose.kernel import messages_address, messages_link, messages_route
from conlink_compose.kernel.failure import FOREIGN, FOREIGN_BRIDGE, Failure, is_ipv6_off
from conlink_compose.kernel.ipv6_switch import switch_on
from conlink_compose.kernel.link_socket import Refusal, Request
from conlink_compose.kernel.make import Ifindexes, Single, Veth, make_singles, make_veths
from conlink_compose.kernel.namespaces import Namespace, Namespaces
from conlink_compose.kernel.observe import Known
from conlink_compose.kernel.remove import remove_links
from conlink_compose.state import (
    HUB,
    Address,
    End,
    Interface,
    Loopback,
    Operation,
    Plan,
    PrefixRoute,
    Ready,
    Route,
)

Told: TypeAlias = tuple[Operation, tuple[Request, ...]]
"""What was asked of the kernel for an operation."""

_GONE = Refusal(errno.ENODEV, "")
_NOT_OURS = Refusal(errno.EPERM, FOREIGN)
_BRIDGE_NOT_OURS = Refusal(errno.EPERM, FOREIGN_BRIDGE)

# What is to be removed and is not there has been removed.
_FINE_WHEN_REMOVED = {Address: (errno.EADDRNOTAVAIL,), Route: (errno.ESRCH,)}


class Apply:
    """One application of a plan. `known` is the last observation's, and is kept up to date."""

    def __init__(
        self, namespaces: Namespaces, known: dict[End, Known], mark: int, ifindexes: Ifindexes
    ) -> None:
        self._namespaces = namespaces
        self._known = known
        self._mark = mark
        self._ifindexes = ifindexes
        self._failures: list[Failure] = []
        self._not_made: set[End] = set()  # interfaces: what needs them is left out
        self._incomplete: set[str] = set()  # labels of namespaces: they get no ready mark

    def obey(self, plan: Plan) -> tuple[Failure, ...]:
        """Consecutive operations that go the same way travel in one send."""
        ways: dict[str, Callable[[str, Sequence[Operation]], None]] = {
            "veth": self._make_veths,
            "make": self._make,
            "remove": self._remove,
            "tell": self._tell,
            "ready": self._tell,
        }
        for (way, label), group in groupby(plan, key=_way_of):
            # What came before decides what is left out, so this is asked group by group.
            operations = [operation for operation in group if self._shall_try(operation)]
            if operations:
                ways[way](label, operations)
        return tuple(self._failures)

    def _shall_try(self, operation: Operation) -> bool:
        """Not where what it needs could not be made; then it is left out as well."""
        thing = operation.thing
        if isinstance(thing, Ready):
            return thing.netns not in self._incomplete
        if isinstance(thing, Loopback):
            return True
        if isinstance(thing, Address | Route | PrefixRoute):
            return End(thing.netns, thing.interface) not in self._not_made
        if self._not_made.isdisjoint(_masters_of(operation)):
            return operation.verb == "add" or thing.end not in self._not_made
        # Its bridge could not be made: that is told, and once is enough.
        self._leave_out(operation)
        return False

    def _fail(self, operation: Operation, refusal: Refusal) -> None:
        self._failures.append(Failure(operation, refusal.errno, refusal.message))
        self._leave_out(operation)

    def _leave_out(self, operation: Operation) -> None:
        for thing in (operation.thing, operation.other):
            if thing:
                self._incomplete.add(thing.netns)
            if isinstance(thing, Interface) and thing.peer:
                self._incomplete.add(thing.peer.netns)
            if isinstance(thing, Interface) and operation.verb == "add":
                self._not_made.add(thing.end)

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
            self._known[veth.near.end] = Known(veth.near_ifindex, owned=True)
            self._known[veth.far.end] = Known(veth.far_ifindex, owned=True)
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
        master = self._master_of(far) if far.master else None
        if isinstance(master, Refusal):
            return master
        return Veth(operation, near, far, near_namespace, far_namespace, master)

    def _master_of(self, port: Interface) -> int | Refusal:
        """Asked again, though a plan joins nothing to a bridge that is not ours: it may have
        changed hands since."""
        known = self._known.get(End(port.netns, port.master or ""))
        if known is None:
            return Refusal(errno.ENODEV, f"there is no bridge {port.master}")
        return known.ifindex if known.owned else _BRIDGE_NOT_OURS

    def _make(self, label: str, operations: Sequence[Operation]) -> None:
        links = [Single(op, op.thing) for op in operations if isinstance(op.thing, Interface)]
        namespace = self._namespaces.get(label)
        if namespace is None:
            for operation in operations:
                self._fail(operation, _GONE)
            return
        made, refused = make_singles(namespace.socket, links, self._ifindexes, self._mark)
        for link in made:
            self._known[link.interface.end] = Known(link.ifindex, owned=True)
        for link, refusal in refused:
            self._fail(link.operation, refusal)

    def _remove(self, _: str, operations: Sequence[Operation]) -> None:
        """A veth goes through its end in the hub, so that all of them go together."""
        by_label: dict[str, list[tuple[Operation, int]]] = {}
        for operation in operations:
            end = self._end_to_remove(operation)
            known = self._known.pop(end, None)
            if known is None:
                continue
            if not (known.owned and operation.thing.owned):
                self._known[end] = known
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
        other = self._known.get(thing.peer) if thing.peer and through_hub else None
        return thing.peer if thing.peer and other and other.owned else thing.end

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
            and (known := self._known.get(End(operation.thing.netns, operation.before.interface)))
        ]
        if namespace and requests:
            namespace.socket.exchange(requests)

    def _requests_of(self, operation: Operation) -> tuple[Request, ...] | Refusal:
        verb, thing = operation.verb, operation.thing
        if isinstance(thing, Ready | Loopback):
            return (_about_lo(verb, thing),)
        known = self._known.get(End(thing.netns, _interface_of(thing)))
        if known is None:
            return () if verb == "remove" else _GONE
        ours = operation.thing.owned and (operation.before is None or operation.before.owned)
        if not (known.owned and ours):
            return _NOT_OURS
        match thing:
            case Address():
                return _about_address(verb, thing, known.ifindex)
            case Route() | PrefixRoute():
                return self._about_route(operation, thing, known.ifindex)
            case Interface():
                return self._change(operation.before, thing, known.ifindex)

    def _about_route(
        self, operation: Operation, route: Route | PrefixRoute, ifindex: int
    ) -> tuple[Request, ...]:
        if isinstance(route, PrefixRoute):
            return (messages_route.put_back(route, ifindex),)
        before = operation.before
        if isinstance(before, Route):
            held = self._known.get(End(before.netns, before.interface))
            return messages_route.change(before, held.ifindex if held else None, route, ifindex)
        one = messages_route.remove if operation.verb == "remove" else messages_route.add
        return (one(route, ifindex),)

    def _change(
        self, before: object, wanted: Interface, ifindex: int
    ) -> tuple[Request, ...] | Refusal:
        if not isinstance(before, Interface):
            before = Interface(wanted.netns, wanted.name, wanted.kind)
        master = None if wanted.master is None else 0
        if wanted.master:
            found = self._master_of(wanted)
            if isinstance(found, Refusal):
                return found
            master = found
        return messages_link.change(before, wanted, ifindex, master)

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


def _way_of(operation: Operation) -> tuple[str, str]:
    thing = operation.thing
    match thing:
        case Interface(kind="veth") if operation.verb == "add":
            return "veth", ""
        case Interface() if operation.verb == "remove":
            return "remove", ""
        case Interface() if operation.verb == "add":
            return "make", thing.netns
        case Ready():
            return "ready", thing.netns
        case _:
            return "tell", thing.netns


def _masters_of(operation: Operation) -> Iterator[End]:
    for end in (operation.thing, operation.other):
        if isinstance(end, Interface) and end.master and operation.verb != "remove":
            yield End(end.netns, end.master)


def _interface_of(thing: Interface | Address | Route | PrefixRoute) -> str:
    return thing.name if isinstance(thing, Interface) else thing.interface


def _about_lo(verb: str, thing: Ready | Loopback) -> Request:
    if isinstance(thing, Loopback):
        return messages_link.set_loopback(thing.up)
    return messages_link.mark_ready(verb != "remove")


def _about_address(verb: str, address: Address, ifindex: int) -> tuple[Request, ...]:
    if verb != "remove":
        return (messages_address.add(address, ifindex),)
    remove = messages_address.remove(address, ifindex)
    if ":" in address.cidr:
        return (remove,)
    return (messages_link.promote_secondaries(ifindex), remove)


def _is_fine(operation: Operation, refusal: Refusal) -> bool:
    if isinstance(operation.thing, PrefixRoute):
        return refusal.errno == errno.EEXIST  # it came back meanwhile, with its address
    if operation.verb != "remove":
        return False
    return refusal.errno in _FINE_WHEN_REMOVED.get(type(operation.thing), ())
