"""The mark on a node whose links all stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb

READY = "conlink:ready"
"""The alias of a node's `lo` once all its links stand. Any process inside can read it, and it
dies with the namespace, so it can never speak of an earlier life of the node."""


@dataclass(frozen=True, slots=True)
class Ready(Thing):
    """`lo` bears the alias `READY`. A node that was ready has started, and lost links do not undo
    that."""

    IS_MARK: ClassVar[bool] = True

    netns: str
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("ready", self.netns)

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del verb, makes_room
        return Phase.OPEN, Step.MAKE_ROOM

    @property
    def title(self) -> str:
        return f"ready {self.netns}"

    @property
    def called(self) -> str:
        return f"the ready mark of {self.where}"
