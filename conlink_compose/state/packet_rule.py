"""What our table of packet rules holds, whatever it does to packets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from conlink_compose.state.rule_table import table_key
from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb


class PacketRule(Thing):
    """`whole`: what is in the table for it is as it shall be."""

    __slots__ = ()

    SEEN: ClassVar[frozenset[str]] = frozenset({"owned", "whole"})

    whole: bool

    @property
    def lies_on(self) -> Key:
        return table_key(self.netns)

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del verb, makes_room
        return Phase.NODES, Step.RULE

    def differences(self, now: Any) -> Iterator[str]:
        yield from Thing.differences(self, now)
        if not now.whole:
            yield "its rules were changed"
