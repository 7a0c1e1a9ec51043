"""A sysctl of a node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.linux.sysctls import interface_of, sysctl_name
from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb


@dataclass(frozen=True, slots=True)
class Sysctl(Thing):
    """`path` is its file below /proc/sys. `value` is empty where it is seen that the kernel has
    none, or tells nobody. It is looked for where it is declared, so none is ever seen that is no
    longer declared."""

    IN_PLACE: ClassVar[tuple[str, ...]] = ("value",)
    IS_WAITED_FOR: ClassVar[bool] = False

    netns: str
    path: str
    value: str
    owned: bool = True

    @property
    def key(self) -> Key:
        return ("sysctl", self.netns, self.path)

    @property
    def setting(self) -> tuple[str, str]:
        """What is written where."""
        return self.path, self.value

    @property
    def lies_on(self) -> Key | None:
        dev = interface_of(self.path)
        return ("interface", self.netns, dev) if dev else None

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        """One of the whole node may reach into its interfaces, so those of an interface follow."""
        del verb, makes_room
        return Phase.NODES, Step.ON_INTERFACE if self.lies_on else Step.INTERFACE

    @property
    def title(self) -> str:
        return f"sysctl {sysctl_name(self.path)} of {self.where}"

    @property
    def called(self) -> str:
        return f"the sysctl {sysctl_name(self.path)} of {self.where}"

    @property
    def attributes(self) -> Iterator[str]:
        yield f"= {self.value}"
