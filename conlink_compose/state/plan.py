"""A state of the kernel, and the operations that lead from one to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from conlink_compose.diagnostics import Span
from conlink_compose.state.interface import Interface
from conlink_compose.state.thing import Key, Thing, Verb


@dataclass(frozen=True, slots=True)
class State:
    """Objects by key; for a desired state, `causes` holds the place each one was declared at."""

    things: Mapping[Key, Thing] = field(default_factory=dict)
    causes: Mapping[Key, Span | None] = field(default_factory=dict)

    @classmethod
    def of(cls, things: Iterable[Thing]) -> State:
        return cls({thing.key: thing for thing in things})

    def __iter__(self) -> Iterator[Thing]:
        return iter(self.things.values())

    def __len__(self) -> int:
        return len(self.things)

    def interface(self, key: Key) -> Interface | None:
        """The interface of that key, if there is one."""
        found = self.things.get(key)
        return found if isinstance(found, Interface) else None

    def interfaces(self) -> Iterator[Interface]:
        return (thing for thing in self if isinstance(thing, Interface))


class Operation(NamedTuple):
    """One thing to do to the kernel, and why.

    `thing` is what shall be (add, change) or what is (remove). `before` is what a change
    starts from. An added veth is one operation for both its ends: `thing` is the end in a
    node (the primary), `other` the far one.
    """

    verb: Verb
    thing: Thing
    cause: str
    span: Span | None = None
    before: Thing | None = None
    other: Interface | None = None

    @property
    def touched(self) -> Iterator[Thing]:
        """What it makes, changes or takes away."""
        yield self.thing
        if self.other:
            yield self.other


Plan: TypeAlias = tuple[Operation, ...]
"""Operations in the order they are to be obeyed in."""
