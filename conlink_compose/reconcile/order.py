"""The order operations are obeyed in: phase, node, step, and how deep an interface lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conlink_compose.state import Key, Operation, Phase, Plan, Step, Thing

Rank = tuple[Phase, str, Step, int]


def in_order(operations: Iterable[Operation]) -> Plan:
    """Stable: equals keep the order of the file."""
    operations = list(operations)
    made = [thing for one in operations if one.verb == "add" for thing in one.touched]
    removes = any(one.verb == "remove" for one in operations)
    added = {thing.room for thing in made} if removes else set()
    depths = _Depths({thing.key: thing for thing in made})
    return tuple(sorted(operations, key=lambda operation: _rank(operation, added, depths)))


def _rank(operation: Operation, added: set[Key], depths: _Depths) -> Rank:
    thing, verb = operation.thing, operation.verb
    phase, step = thing.rank(verb, verb == "remove" and _makes_room(thing, added))
    label = thing.netns if phase is Phase.NODES else ""
    depth = depths.of(thing.key) if verb == "add" and phase is Phase.LINKS else 0
    return phase, label, step, depth


def _makes_room(thing: Thing, added: set[Key]) -> bool:
    return thing.room in added or not thing.ends_with.isdisjoint(added)


class _Depths:
    """How many things that are made now have to be there before one is: a vlan on a vlan has two.
    What lies on the same step is made in that order."""

    def __init__(self, made: Mapping[Key, Thing]) -> None:
        self._made = made
        self._found: dict[Key, int] = {}

    def of(self, key: Key) -> int:
        thing = self._made.get(key)
        if thing is None or not thing.needs:
            return 0
        if key not in self._found:
            self._found[key] = 0  # whatever needs itself in the end is the kernel's to refuse
            self._found[key] = 1 + max(map(self.of, thing.needs))
        return self._found[key]
