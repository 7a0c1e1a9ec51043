"""The loopback interface of a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb


@dataclass(frozen=True, slots=True)
class Loopback(Thing):
    """Every namespace has one, `lo`, and whoever makes a node brings it up."""

    IN_PLACE: ClassVar[tuple[str, ...]] = ("up",)
    BY_ITSELF: ClassVar[bool] = True

    netns: str
    up: bool = True
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("loopback", self.netns)

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del verb, makes_room
        return Phase.NODES, Step.INTERFACE

    @property
    def title(self) -> str:
        return f"loopback {self.netns}:lo"

    @property
    def called(self) -> str:
        return f"loopback interface lo of {self.where}"
