"""How interfaces are named that others are tied to."""

from __future__ import annotations

from typing import NamedTuple

from conlink_compose.state.thing import Key, place_of


class End(NamedTuple):
    """One end of a veth: an interface name in a namespace."""

    netns: str
    name: str

    def __str__(self) -> str:
        return f"{self.netns}:{self.name}"

    @property
    def key(self) -> Key:
        return ("interface", self.netns, self.name)

    @property
    def called(self) -> str:
        """In a sentence: `eth0 of web-1`."""
        return f"{self.name} of {place_of(self.netns)}"
