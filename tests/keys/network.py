"""What a row says is brought up, asked for, edited and harmed; beside it two nodes ping."""

from __future__ import annotations

import re
import select
import signal
import subprocess
from collections.abc import Iterable
from typing import Any, Protocol

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up
from tests.kernel.lab import Lab
from tests.keys.row import Ask, Row
from tests.keys.shapes import BESIDE, NODES, Said, Shape

Interfaces = dict[tuple[str, str, str], int]

BETWEEN = 0.02
"""Seconds between two pings."""


class Network(Lab):
    def __init__(self, nodes: Iterable[str] = NODES, between: float = BETWEEN) -> None:
        super().__init__(*nodes)
        self._between = between
        bring_up(self, Shape("nothing", lambda _: {}).text({}))
        self.until_link_local(*(f"{name}:eth0" for name in BESIDE))
        self._pings = [self._ping(address) for address in ("10.99.0.2", "fd99::2")]

    def _ping(self, address: str) -> subprocess.Popen[str]:
        enter = (
            "nsenter",
            f"--net={self.path('c')}",
            "ping",
            "-q",
            "-i",
            str(self._between),
            address,
        )
        return subprocess.Popen(enter, stdout=subprocess.PIPE, text=True)

    def end(self) -> None:
        lost = self._lost()
        self.close()
        assert lost == {4: 0, 6: 0}, "what lies beside it noticed"

    def _lost(self) -> dict[int, int]:
        """Of the pings of each family, which end now."""
        found = {}
        for family, ping in zip((4, 6), self._pings, strict=True):
            ping.send_signal(signal.SIGINT)
            told = ping.communicate(timeout=10)[0]
            counts = re.search(r"(\d+) packets transmitted, (\d+) received", told)
            assert counts, told
            sent, received = map(int, counts.groups())
            assert sent, told
            found[family] = max(0, sent - received - 1)  # the last may be under way
        return found

    def hold(self, row: Row, shape: Shape) -> None:
        """All that a key's row promises."""
        asked = Asked(self, row, shape)
        fresh = None if row.required else self._after({}, asked)
        assert self._after(row.before, asked) == asked.expected(0)
        before = self._interfaces(shape)
        assert self._after(row.after, asked) == asked.expected(1)
        in_place = _as_they_were(before, self._interfaces(shape))
        assert in_place != row.anew
        self._harm(asked)
        assert self._after(row.after, asked) == asked.expected(1), "put back"
        self.restart(shape.nodes[0])
        assert self._after(row.after, asked) == asked.expected(1), "after a restart"
        assert row.required or self._after({}, asked) == fresh, "taken out of the file"

    def _after(self, said: Said, asked: Asked) -> list[Any]:
        bring_up(self, asked.shape.text(said))
        return asked.now()

    def _harm(self, asked: Asked) -> None:
        """It is gone, and whoever listens to the kernel wakes."""
        before = asked.now()
        self.kernel.drain()
        asked.by_hand()
        assert select.select([self.kernel], [], [], 5)[0], "nobody is told"
        assert asked.now() != before

    def _interfaces(self, shape: Shape) -> Interfaces:
        """The number of each, by its place, name and kind: made anew, it has another."""
        return {
            (label, one["ifname"], one.get("linkinfo", {}).get("info_kind", "")): one["ifindex"]
            for label in (HUB, *shape.nodes)
            for one in self.ip(label, "link show")
        }


def _as_they_were(before: Interfaces, after: Interfaces) -> bool:
    """Bridges may come and go, and the others move from one to another: they stay what they are."""
    lasting = before.keys() & after.keys()
    others = {key for key in before.keys() ^ after.keys() if key[2] != "bridge"}
    return not others and all(before[key] == after[key] for key in lasting)


class HasNodes(Protocol):
    def run(self, label: str, *argv: str) -> subprocess.CompletedProcess[str]: ...


class Asked:
    """The tool of a row, which is asked in the nodes of a shape."""

    def __init__(self, lab: HasNodes, row: Row, shape: Shape) -> None:
        self.lab, self.row, self.shape = lab, row, shape

    def now(self) -> list[Any]:
        """Of each node of which the key is said."""
        return [self._ask(self.row.ask, node) for node in self._nodes]

    @property
    def _nodes(self) -> tuple[str, ...]:
        return self.shape.nodes if self.row.ask.node == "NODE" else self.shape.nodes[:1]

    def expected(self, number: int) -> list[Any]:
        first, second = self.row.told, self.row.second or self.row.told
        return [one[number] for one in (first, second)][: len(self._nodes)]

    def by_hand(self) -> None:
        """Somebody takes it away."""
        hand = self.row.away
        done = self._run(hand.node, hand.words, self.shape.nodes[0])
        assert done.returncode == 0, done.stderr

    def _ask(self, ask: Ask, node: str) -> Any:
        done = self._run(ask.node, ask.words, node)
        return ask.read(done.stdout) if done.returncode == 0 else None

    def _run(self, where: str, words: str, node: str) -> subprocess.CompletedProcess[str]:
        label = {"NODE": node, "(hub)": HUB}.get(where, where)
        return self.lab.run(label, *words.replace("OUTER", self.shape.outer).split())
