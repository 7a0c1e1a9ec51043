"""A route that is declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.thing import Conflict, Key, Phase, Step, Thing, Verb, word

MAIN_TABLE = 254
DEFAULTS = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True)
class Route(Thing):
    """`to` is a network in its shortest form (`0.0.0.0/0`, `::/0`), metric 0 the kernel's.

    The kernel tells routes of one table apart by destination and metric. It stores an
    IPv6 route that names no metric with 1024; both sides say 1024 then. Yet it may hold
    several of one key (`ip route append`): `contested` tells that a foreign one takes
    packets which the declared route shall get.
    """

    IN_PLACE: ClassVar[tuple[str, ...]] = ("interface", "via", "src", "onlink")
    SEEN: ClassVar[frozenset[str]] = frozenset({"owned", "contested"})

    netns: str
    interface: str
    to: str
    via: str | None = None
    metric: int = 0
    table: int = MAIN_TABLE
    src: str | None = None
    onlink: bool | None = None
    contested: bool = False
    owned: bool = True

    @property
    def destination(self) -> str:
        """`to` as a user writes it."""
        return "default" if self.to in DEFAULTS else self.to

    @property
    def key(self) -> Key:
        return ("route", self.netns, str(self.table), self.to, str(self.metric))

    @property
    def lies_on(self) -> Key:
        return ("interface", self.netns, self.interface)

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del makes_room
        return Phase.NODES, Step.REMOVE_ROUTE if verb == "remove" else Step.ROUTE

    def differences(self, now: Route) -> Iterator[str]:
        """It is declared as a whole: what it does not name it shall not have."""
        for name in self.IN_PLACE:
            old, new = getattr(now, name), getattr(self, name)
            if (old or None) != (new or None):
                yield f"{name} {word(old)} -> {word(new)}"

    def conflict(self, now: Route, actual: Mapping[Key, Thing]) -> Conflict | None:
        del actual
        if not now.contested and (now.owned or not any(self.differences(now))):
            return None
        message = f"{self.netns} already has a route to {self.destination} that is not ours"
        if now.owned:
            message += ", and it takes packets which the declared one shall get"
        advice = "give the declared route another metric or table, or remove the other"
        return Conflict(message, advice)

    @property
    def title(self) -> str:
        return f"route {self._words(self.metric)} on {self.netns}:{self.interface}"

    @property
    def words(self) -> str:
        """As ip(8) takes it, without the metric that the kernel gives where none is named."""
        usual = 1024 if ":" in self.to else 0
        return self._words(0 if self.metric == usual else self.metric)

    def _words(self, metric: int) -> str:
        words = [self.destination]
        words += [f"via {self.via}"] if self.via else []
        words += [f"src {self.src}"] if self.src else []
        words += [f"metric {metric}"] if metric else []
        words += [f"table {self.table}"] if self.table != MAIN_TABLE else []
        return " ".join([*words, *(["onlink"] if self.onlink else [])])

    @property
    def called(self) -> str:
        via = f" via {self.via}" if self.via else ""
        return f"route {self.destination}{via} on {self.interface} of {self.where}"
