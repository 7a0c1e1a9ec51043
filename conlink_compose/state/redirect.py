"""What leads every frame that comes in by one interface out by another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.feature import MIRRED, without
from conlink_compose.state.thing import Conflict, Key, Phase, Step, Thing, Verb


@dataclass(frozen=True, slots=True)
class Redirect(Thing):
    """From `interface` to the interface `to` of the same namespace, one way.

    Seen, `to` is empty where it leads nowhere any more, and `alone` tells that nobody else filters
    what comes in there. `unmakeable` tells of a desired one that this kernel cannot.
    """

    IN_PLACE: ClassVar[tuple[str, ...]] = ("to",)
    SEEN: ClassVar[frozenset[str]] = frozenset({"owned", "alone", "unmakeable"})

    netns: str
    interface: str
    to: str
    alone: bool = True
    unmakeable: bool = False
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("redirect", self.netns, self.interface)

    @property
    def lies_on(self) -> Key:
        return ("interface", self.netns, self.interface)

    @property
    def needs(self) -> frozenset[Key]:
        return frozenset((self.lies_on, ("interface", self.netns, self.to)))

    @property
    def asks(self) -> str:
        return MIRRED

    def lacks(self, desired: Mapping[Key, Thing], actual: Mapping[Key, Thing]) -> Conflict | None:
        del desired, actual
        return without(self) if self.unmakeable else None

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        """It is taken away before its interface becomes the port of a bridge."""
        del makes_room
        return Phase.LINKS, Step.MAKE_ROOM if verb == "remove" else Step.CHANGE_IN_HUB

    def differences(self, now: Redirect) -> Iterator[str]:
        if self.to != now.to:
            yield f"to {now.to or 'nowhere'} -> {self.to}"

    @property
    def title(self) -> str:
        return f"redirect {self.netns}:{self.interface} -> {self.to or 'nowhere'}"

    @property
    def called(self) -> str:
        return f"redirect from {self.interface} to {self.to or 'nowhere'} of {self.where}"
