"""Features of an interface: what ethtool calls offload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb

Switches = tuple[tuple[str, bool | None], ...]
"""Features by ethtool's name or by the kernel's; None is neither on nor off: one name may stand
for several."""


@dataclass(frozen=True, slots=True)
class Features(Thing):
    """`values` are those that are declared. `before` is seen only: of those that were changed for
    a declaration, what they were; it is on the interface itself."""

    SEEN: ClassVar[frozenset[str]] = frozenset({"owned", "before"})

    netns: str
    interface: str
    values: Switches
    before: Switches = ()
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("features", self.netns, self.interface)

    @property
    def lies_on(self) -> Key:
        return ("interface", self.netns, self.interface)

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del verb, makes_room
        return Phase.NODES, Step.ON_INTERFACE

    def differences(self, now: Features) -> Iterator[str]:
        seen, declared = dict(now.values), dict(self.values)
        for name, value in declared.items():
            if seen.get(name) != value:
                yield f"{name} {switch(seen.get(name))} -> {switch(value)}"
        for name, value in now.before:
            if name not in declared:
                yield f"{name} {switch(seen.get(name))} -> {switch(value)}, as it was before"

    @property
    def title(self) -> str:
        return f"ethtool {self._words} on {self.netns}:{self.interface}"

    @property
    def called(self) -> str:
        return f"ethtool {self._words} of {self.interface} of {self.where}"

    @property
    def _words(self) -> str:
        return " ".join(f"{name} {switch(value)}" for name, value in self.values or self.before)


def switch(value: bool | None) -> str:
    return "mixed" if value is None else "on" if value else "off"
