"""The packet rules of all namespaces: looked at where there is something to see, and changed."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.nft import messages
from conlink_compose.kernel.nft.nft_socket import NftSocket, nft_socket
from conlink_compose.kernel.nft.read import Place, read_table
from conlink_compose.kernel.nft.rules import comment_of, rules_of
from conlink_compose.kernel.rtnl.link_socket import Refusal, Request
from conlink_compose.state import Forward, Key, Nat, Operation, RuleTable, Thing

_TRANSACTION = 64
"""Operations in one transaction, which is one send: some 150 KiB at the most."""

Refused = tuple[Operation, Refusal]


class Nft:
    """`mark` is the group of the project's interfaces; its table is named by it.

    A namespace in which nothing is declared, nothing was seen and nothing of ours was there when it
    was looked at first is not asked: most projects have no rules.
    """

    def __init__(self, mark: int) -> None:
        self._mark = mark
        self._table = messages.table_name(mark)
        self._places: dict[Key, tuple[Place, ...]] = {}

    def look(
        self, namespaces: Iterable[Namespace], wanted: frozenset[str], used: frozenset[str]
    ) -> Iterator[Thing]:
        """What is there. `wanted` are the labels of the namespaces for which rules are declared,
        `used` those in which an interface of ours lies. Raises OSError."""
        self._places.clear()
        for namespace in namespaces:
            label = namespace.label
            if namespace.has_rules is None:
                namespace.has_rules = label in used
            if label in wanted or namespace.has_rules:
                yield from self._look_into(namespace)

    def _look_into(self, namespace: Namespace) -> Iterator[Thing]:
        socket = _socket_of(namespace)
        found = None
        if not isinstance(socket, Refusal):
            found = read_table(socket, namespace.label, self._mark)
        namespace.has_rules = found is not None
        if found:
            self._places |= found.places
            yield found.table
            yield from found.things

    def obey(self, namespace: Namespace, operations: Sequence[Operation]) -> list[Refused]:
        """What the kernel refused. Where it refuses one of several, the others are tried alone."""
        socket = _socket_of(namespace)
        if isinstance(socket, Refusal):
            return [(operation, socket) for operation in operations]
        refused: list[Refused] = []
        rest = iter(operations)
        while part := list(islice(rest, _TRANSACTION)):
            if not self._transact(socket, part):
                continue
            for operation in part:
                if any(one.thing.key == operation.thing.lies_on for one, _ in refused):
                    continue  # it cannot be without its table, and once is enough
                if refusal := self._transact(socket, (operation,)):
                    refused.append((operation, refusal))
        return refused

    def _transact(self, socket: NftSocket, operations: Sequence[Operation]) -> Refusal | None:
        requests = [one for operation in operations for one in self._requests_of(operation)]
        return socket.transact(requests) if requests else None

    def _requests_of(self, operation: Operation) -> Iterator[Request]:
        thing = operation.thing
        if isinstance(thing, RuleTable):
            if operation.verb == "remove":
                yield messages.remove_table(self._table)
            else:
                yield from messages.add_table(self._table)
        if isinstance(thing, Nat | Forward):
            for place in self._places.get(thing.key, ()) if operation.verb != "add" else ():
                yield messages.remove_rule(self._table, *place)
            comment = comment_of(thing)
            for rule in rules_of(thing, self._mark) if operation.verb != "remove" else ():
                yield messages.add_rule(self._table, rule, comment)


def _socket_of(namespace: Namespace) -> NftSocket | Refusal:
    try:
        namespace.nft = namespace.nft or nft_socket(namespace.fd)
    except OSError as error:
        if error.errno != errno.EPROTONOSUPPORT:
            raise
        return Refusal(error.errno, "")
    return namespace.nft
