"""What happens to frames that leave an interface: its root qdisc, and what hangs below that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeAlias

from conlink_compose.state.netem import Netem
from conlink_compose.state.tbf import Tbf
from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb

Stage: TypeAlias = Netem | Tbf


@dataclass(frozen=True, slots=True)
class Qdisc(Thing):
    """A frame goes through the `stages` one after the other: each is the child of the one before.

    Our mark are their handles, on an interface that is ours (kernel/messages_qdisc.py). What
    somebody put in their place is not seen at all, and gives way. No stage is seen where one has
    our handle and is of another kind than ours are.
    """

    netns: str
    interface: str
    stages: tuple[Stage, ...]
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("qdisc", self.netns, self.interface)

    @property
    def kind_name(self) -> str:
        return self.stages[0].kind if self.stages else "qdisc"

    @property
    def lies_on(self) -> Key:
        return ("interface", self.netns, self.interface)

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del verb, makes_room
        return Phase.NODES, Step.ON_INTERFACE

    def differences(self, now: Qdisc) -> Iterator[str]:
        for old, new in zip_longest(now.stages, self.stages):
            if old and new and old.kind == new.kind:
                yield from new.differences(old)
            elif old != new:
                yield f"{_words(old)} -> {_words(new)}"

    @property
    def title(self) -> str:
        return f"{self.kind_name} {self.netns}:{self.interface}"

    @property
    def called(self) -> str:
        return f"{self.kind_name} on {self.interface} of {self.where}"

    @property
    def attributes(self) -> Iterator[str]:
        for number, stage in enumerate(self.stages):
            yield from ("then",) if number else ()
            yield from stage.words


def _words(stage: Stage | None) -> str:
    return f"{stage.kind} {' '.join(stage.words)}" if stage else "none"
