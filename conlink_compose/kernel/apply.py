"""Plan -> kernel: obeys, decides nothing. What is refused becomes a value, and the rest goes on."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from conlink_compose.kernel import messages_address, messages_link, messages_route
from conlink_compose.kernel.failure import FOREIGN, FOREIGN_BRIDGE, Failure
from conlink_compose.kernel.indexes import Indexes
from conlink_compose.kernel.link_socket import LinkSocket, Refusal, Request
from conlink_compose.kernel.make_links import Single, make_links
from conlink_compose.kernel.make_veths import Veth, make_veths
from conlink_compose.kernel.namespaces import Namespace, Namespaces
from conlink_compose.kernel.observe import Known
from conlink_compose.kernel.remove import remove_links
from conlink_compose.kernel.tell import tell
from conlink_compose.state import HUB, Address, End, Interface, Operation, Plan, Ready, Route

_GONE = Refusal(errno.ENODEV, "")
_NOT_OURS = Refusal(errno.EPERM, FOREIGN)
_BRIDGE_NOT_OURS = Refusal(errno.EPERM, FOREIGN_BRIDGE)

# What is to be removed and is not there has been removed.
_FINE_WHEN_REMOVED = {Address: (errno.EADDRNOTAVAIL,), Route: (errno.ESRCH,)}


class Apply:
    """One application of a plan. `known` is the last observation's, and is kept up to date."""

    def __init__(
        self, namespaces: Namespaces, known: dict[End, Known], mark: int, indexes: Indexes
    ) -> None:
        self._namespaces = namespaces
        self._known = known
        self._mark = mark
        self._indexes = indexes
        self._failures: list[Failure] = []
        self._lost: set[End] = set()
        self._spoilt: set[str] = set()

    def obey(self, plan: Plan) -> tuple[Failure, ...]:
        """Consecutive operations that go the same way travel in one send."""
        ways: dict[str, Callable[[str, Sequence[Operation]], None]] = {
            "veth": self._make_veths,
            "make": self._make,
            "remove": self._remove,
            "tell": self._tell,
            "ready": self._tell,
        }
        for (way, netns), group in groupby(plan, key=_way_of):
            # What came before decides what is left out, so this is asked group by group.
            operations = [operation for operation in group if self._may(operation)]
            if operations:
                ways[way](netns, operations)
        return tuple(self._failures)

    def _may(self, operation: Operation) -> bool:
        thing = operation.thing
        if isinstance(thing, Ready):
            return thing.netns not in self._spoilt
        if isinstance(thing, Address | Route):
            return End(thing.netns, thing.interface) not in self._lost
        if self._lost.isdisjoint(_masters_of(operation)):
            return operation.verb == "add" or thing.end not in self._lost
        self._lose(operation)  # Its bridge could not be made: that is told, and once is enough.
        return False

    def _fail(self, operation: Operation, refusal: Refusal) -> None:
        self._failures.append(Failure(operation, refusal.errno, refusal.message))
        self._lose(operation)

    def _lose(self, operation: Operation) -> None:
        for thing in (operation.thing, operation.other):
            if thing:
                self._spoilt.add(thing.netns)
            if isinstance(thing, Interface) and thing.peer:
                self._spoilt.add(thing.peer.netns)
            if isinstance(thing, Interface) and operation.verb == "add":
                self._lost.add(thing.end)

    def _make_veths(self, _: str, operations: Sequence[Operation]) -> None:
        veths: list[Veth] = []
        for operation in operations:
            veth = self._veth_of(operation)
            if isinstance(veth, Refusal):
                self._fail(operation, veth)
            else:
                veths.append(veth)
        made, refused = make_veths(self._namespaces.hub.socket, veths, self._indexes, self._mark)
        for veth in made:
            self._known[veth.near.end] = Known(veth.near_index, owned=True)
            self._known[veth.far.end] = Known(veth.far_index, owned=True)
        for veth, refusal in refused:
            self._fail(veth.operation, refusal)

    def _veth_of(self, operation: Operation) -> Veth | Refusal:
        near, far = operation.thing, operation.other
        if not isinstance(near, Interface) or far is None:
            return Refusal(errno.EINVAL, "a veth has two ends")
        if near.netns == HUB:
            near, far = far, near
        places = self._namespaces.get(near.netns), self._namespaces.get(far.netns)
        if places[0] is None or places[1] is None:
            return _GONE
        master = self._master_of(far) if far.master else None
        if isinstance(master, Refusal):
            return master
        return Veth(operation, near, far, places[0], places[1], master)

    def _master_of(self, port: Interface) -> int | Refusal:
        """Asked again, though a plan joins nothing to a bridge that is not ours: it may have
        changed hands since."""
        known = self._known.get(End(port.netns, port.master or ""))
        if known is None:
            return Refusal(errno.ENODEV, f"there is no bridge {port.master}")
        return known.number if known.owned else _BRIDGE_NOT_OURS

    def _make(self, netns: str, operations: Sequence[Operation]) -> None:
        links = [Single(op, op.thing) for op in operations if isinstance(op.thing, Interface)]
        place = self._namespaces.get(netns)
        if place is None:
            for operation in operations:
                self._fail(operation, _GONE)
            return
        made, refused = make_links(place.socket, links, self._indexes, self._mark)
        for link in made:
            self._known[link.interface.end] = Known(link.index, owned=True)
        for link, refusal in refused:
            self._fail(link.operation, refusal)

    def _remove(self, _: str, operations: Sequence[Operation]) -> None:
        """A veth goes through its end in the hub, so that all of them go together."""
        ways: dict[str, list[tuple[Operation, int]]] = {}
        for operation in operations:
            end = self._end_to_remove(operation)
            known = self._known.pop(end, None)
            if known is None:
                continue
            if not (known.owned and operation.thing.owned):
                self._known[end] = known
                self._fail(operation, _NOT_OURS)
                continue
            ways.setdefault(end.netns, []).append((operation, known.number))
        for netns, doomed in ways.items():
            place = self._namespaces.get(netns)
            if place:
                numbers = [index for _, index in doomed]
                refused = remove_links(place.socket, numbers, self._mark)
                for at, refusal in refused.items():
                    self._fail(doomed[at][0], refusal)

    def _end_to_remove(self, operation: Operation) -> End:
        thing = operation.thing
        assert isinstance(thing, Interface)
        through_hub = thing.peer is not None and thing.peer.netns == HUB
        other = self._known.get(thing.peer) if thing.peer and through_hub else None
        return thing.peer if thing.peer and other and other.owned else thing.end

    def _tell(self, netns: str, operations: Sequence[Operation]) -> None:
        place = self._namespaces.get(netns)
        told: list[tuple[Operation, tuple[Request, ...]]] = []
        for operation in operations:
            requests = self._requests_of(operation)
            if isinstance(requests, Refusal):
                self._fail(operation, requests)
            else:
                told.append((operation, requests))
        refused = self._send(place.socket if place else None, told)
        self._restore(place, [op for op in operations if op in refused])

    def _restore(self, place: Namespace | None, refused: Sequence[Operation]) -> None:
        """The route of a change that was refused: it went in the send that brought the refusal."""
        requests = [
            messages_route.append(operation.before, known.number)
            for operation in refused
            if isinstance(operation.before, Route)
            and (known := self._known.get(End(operation.thing.netns, operation.before.interface)))
        ]
        if place and requests:
            place.socket.exchange(requests)

    def _requests_of(self, operation: Operation) -> tuple[Request, ...] | Refusal:
        verb, thing = operation.verb, operation.thing
        if isinstance(thing, Ready):
            return (messages_link.mark_ready(verb != "remove"),)
        known = self._known.get(End(thing.netns, _interface_of(thing)))
        if known is None:
            return () if verb == "remove" else _GONE
        ours = operation.thing.owned and (operation.before is None or operation.before.owned)
        if not (known.owned and ours):
            return _NOT_OURS
        match thing:
            case Address():
                return _about_address(verb, thing, known.number)
            case Route():
                return self._about_route(operation, thing, known.number)
            case Interface():
                return self._change(operation.before, thing, known.number)

    def _about_route(self, operation: Operation, route: Route, index: int) -> tuple[Request, ...]:
        before = operation.before
        if isinstance(before, Route):
            held = self._known.get(End(before.netns, before.interface))
            return messages_route.change(before, held.number if held else None, route, index)
        one = messages_route.remove if operation.verb == "remove" else messages_route.add
        return (one(route, index),)

    def _change(
        self, before: object, wanted: Interface, index: int
    ) -> tuple[Request, ...] | Refusal:
        if not isinstance(before, Interface):
            before = Interface(wanted.netns, wanted.name, wanted.kind)
        master = None if wanted.master is None else 0
        if wanted.master:
            found = self._master_of(wanted)
            if isinstance(found, Refusal):
                return found
            master = found
        return messages_link.change(before, wanted, index, master)

    def _send(
        self,
        through: LinkSocket | None,
        told: Sequence[tuple[Operation, tuple[Request, ...]]],
    ) -> set[Operation]:
        """The refused operations."""
        answers = [(operation, _GONE) for operation, requests in told if requests]
        if through:
            answers = tell(through, told, is_fine=_is_fine)
        for operation, refusal in answers:
            self._fail(operation, refusal)
        return {operation for operation, _ in answers}


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


def _interface_of(thing: Interface | Address | Route) -> str:
    return thing.name if isinstance(thing, Interface) else thing.interface


def _about_address(verb: str, address: Address, index: int) -> tuple[Request, ...]:
    if verb != "remove":
        return (messages_address.add(address, index),)
    remove = messages_address.remove(address, index)
    if ":" in address.cidr:
        return (remove,)
    return (messages_link.promote_secondaries(index), remove)


def _is_fine(operation: Operation, refusal: Refusal) -> bool:
    if operation.verb != "remove":
        return False
    return refusal.errno in _FINE_WHEN_REMOVED.get(type(operation.thing), ())
