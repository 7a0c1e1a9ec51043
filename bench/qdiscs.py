"""A netem on each of N interfaces of one node: ours beside the fewest messages and `tc -batch`.

    uv run python bench/qdiscs.py [--rounds 5] [--links 1000]

On a kernel without netem the same with a tbf. The fewest messages are packed beforehand, and sent
64 at once: what the kernel itself takes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Callable
from statistics import median

from field import GROUP, at

from conlink_compose.kernel import Kernel
from conlink_compose.kernel.rtnl.link_socket import LinkSocket, route_sockets
from conlink_compose.kernel.rtnl.messages_qdisc import make, remove
from conlink_compose.linux.namespaces import in_new_network, open_namespace
from conlink_compose.reconcile.plan import plan
from conlink_compose.reconcile.qdisc import qdisc_of
from conlink_compose.state import HUB, End, Interface, Operation, Qdisc, State
from conlink_compose.state.netem import NETEM
from conlink_compose.topology import Netem

HERE = "/proc/thread-self/ns/net"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--links", type=int, default=1000)
    arguments = parser.parse_args()
    links = Links(arguments.links)
    ways: dict[str, Callable[[], dict[str, float]]] = {
        "the fewest messages": links.fewest,
        "conlink-compose": links.ours,
        "tc -batch": links.tc_batch,
    }
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for _ in range(arguments.rounds):
        for name, way in ways.items():
            found[name].append(way())
            links.verify_and_clear()
    report(arguments.links, links.kind, found)


class Links:
    """N veths between a node and its hub, made beforehand; bare again after each run."""

    def __init__(self, count: int) -> None:
        self._fds = [in_new_network(lambda: open_namespace(HERE)) for _ in range(2)]
        self._hub, self._node = (f"/proc/self/fd/{fd}" for fd in self._fds)
        self._kernel = Kernel(self._hub, GROUP)
        self._missing = self._kernel.missing_kinds((NETEM,))
        self.kind = "tbf" if self._missing else "netem"
        names = [f"eth{number}" for number in range(count)]
        self._observe()
        for name in names:
            assert not self._kernel.apply((_veth(name),))
        known = self._observe()
        self._desired = State.of((*known, *map(self._qdisc, names)))
        self._ifindexes = [int(words[0]) for words in self._links()]

    def fewest(self) -> dict[str, float]:
        requests = [make(ifindex, 0, self._qdisc("").stages[0]) for ifindex in self._ifindexes]
        began = time.perf_counter()
        assert not self._socket().exchange(requests)
        return {"apply": time.perf_counter() - began}

    def ours(self) -> dict[str, float]:
        planned = plan(self._desired, self._observe()).plan
        began = time.perf_counter()
        assert not self._kernel.apply(planned)
        applied = time.perf_counter()
        seen = self._observe()
        looked = time.perf_counter()
        assert not plan(self._desired, seen).on_links
        return {"apply": applied - began, "observe": looked - applied}

    def tc_batch(self) -> dict[str, float]:
        words = "netem delay 20ms loss 0.1% rate 100mbit limit 4906"
        if self._missing:
            words = "tbf rate 100mbit burst 50176 limit 1518000"
        names = (name for _, name in self._links())
        text = "".join(f"qdisc add dev {name} root handle 636c: {words}\n" for name in names)
        began = time.perf_counter()
        subprocess.run([*at(self._path), "tc", "-batch", "-"], input=text, text=True, check=True)
        return {"apply": time.perf_counter() - began}

    def verify_and_clear(self) -> None:
        found = [thing for thing in self._observe() if isinstance(thing, Qdisc)]
        assert len(found) == len(self._ifindexes)
        assert not self._socket().exchange([remove(ifindex, 0) for ifindex in self._ifindexes])

    def _qdisc(self, name: str) -> Qdisc:
        netem = Netem(delay=20_000, loss=0.1, rate=10**8)
        netem = Netem(rate=10**8) if self._missing else netem
        found = qdisc_of("node", name, (netem,), 1500, self._missing)
        assert found
        return found

    def _observe(self) -> State:
        return self._kernel.observe({"node": self._node}).state

    def _socket(self) -> LinkSocket:
        (raw,) = route_sockets(self._fds[1:])
        assert not isinstance(raw, OSError)
        return LinkSocket(raw)

    @property
    def _path(self) -> str:
        return f"/proc/{os.getpid()}/fd/{self._fds[1]}"

    def _links(self) -> list[tuple[str, str]]:
        command = [*at(self._path), "ip", "-o", "link", "show", "group", str(GROUP)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows = [line.split(": ") for line in told.splitlines()]
        return [(row[0], row[1].split("@")[0]) for row in rows]


def _veth(name: str) -> Operation:
    near, far = End("node", name), End(HUB, name)
    ends = [
        Interface(*one, "veth", mtu=1500, up=True, master="", peer=other)
        for one, other in ((near, far), (far, near))
    ]
    return Operation("add", ends[0], "bench", other=ends[1])


def report(count: int, kind: str, found: dict[str, list[dict[str, float]]]) -> None:
    base = median(run["apply"] for run in found["the fewest messages"])
    print(f"\n{count} interfaces, a {kind} on each; every run read back")
    print(f"{'':34}{'median':>10}{'each':>10}{'to fewest':>10}")
    for name, runs in found.items():
        for lap in runs[0]:
            middle = median(run[lap] for run in runs)
            print(
                f"{name + ': ' + lap:34}{middle * 1e3:>7.1f} ms"
                f"{middle / count * 1e6:>7.1f} us{middle / base:>9.2f}x"
            )


if __name__ == "__main__":
    main()
