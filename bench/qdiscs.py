"""N links between a node and its hub, a netem with delay and rate on each: ours beside a C program
with the fewest messages and `ip -batch` with `tc -batch`.

    uv run python bench/qdiscs.py [--rounds 5] [--links 1000]

On a kernel without netem it is a tbf: `.ci/kernel .venv/bin/python bench/qdiscs.py` has both.
Each round runs every way once, one after the other, and `tc` reads each back.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from statistics import median

from field import GROUP, HERE, at, compiled, ip_json, tc_json

from conlink_compose.kernel import Kernel
from conlink_compose.linux.namespaces import in_new_network, open_namespace
from conlink_compose.reconcile.plan import plan
from conlink_compose.reconcile.qdisc import qdisc_of
from conlink_compose.state import HUB, End, Interface, State
from conlink_compose.state.netem import NETEM
from conlink_compose.topology import Netem

WORDS = {
    "netem": "netem delay 20ms rate 100mbit limit 4906",
    "tbf": "tbf rate 100mbit burst 50176 limit 1518000",
}

Laps = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--links", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="conlink-bench-") as folder:
        links = Links(arguments.links, compiled("qdiscs", folder))
        ways: dict[str, Callable[[], Laps]] = {
            "floor (C)": links.floor,
            "conlink-compose": links.ours,
            "ip -batch, tc -batch": links.batch,
        }
        found: dict[str, list[Laps]] = {name: [] for name in ways}
        for _ in range(arguments.rounds):
            for name, way in ways.items():
                found[name].append(way())
                links.verify_and_clear()
    report(arguments.links, links.kind, found)


class Links:
    """A hub and a node, empty again after each way. IPv6 is off in them: what it does by itself on
    a thousand new interfaces would be measured instead."""

    def __init__(self, count: int, program: str) -> None:
        self._count, self._program = count, program
        self._fds = [in_new_network(lambda: open_namespace(HERE)) for _ in range(2)]
        self._hub, self._node = (f"/proc/{os.getpid()}/fd/{fd}" for fd in self._fds)
        for path in (self._hub, self._node):
            off = "net.ipv6.conf.default.disable_ipv6=1"
            subprocess.run([*at(path), "sysctl", "-qw", off], check=True)
        kernel = Kernel(self._hub, GROUP)
        missing = kernel.missing_kinds((NETEM,))
        kernel.close()
        self.kind = "tbf" if missing else "netem"
        netem = Netem(rate=10**8) if missing else Netem(delay=20_000, rate=10**8)
        self._names = [f"eth{number}" for number in range(count)]
        ends = [one for name in self._names for one in _veth(name)]
        qdiscs = [qdisc_of("node", name, (netem,), 1500, missing) for name in self._names]
        self._links = State.of(ends)
        self._desired = State.of((*ends, *filter(None, qdiscs)))

    def floor(self) -> Laps:
        words = (self.kind, str(GROUP), self._hub, self._node, str(self._count))
        done = subprocess.run([self._program, *words], check=True, capture_output=True, text=True)
        both, alone = map(float, done.stdout.split())
        return {"links with their qdiscs": both, "the qdiscs alone": alone}

    def ours(self) -> Laps:
        """Made with their links; then, the qdiscs being taken back, put on links that are there."""
        kernel = Kernel(self._hub, GROUP)
        both = self._apply(kernel, self._desired)
        self._apply(kernel, self._links)
        alone = self._apply(kernel, self._desired)
        began = time.perf_counter()
        seen = kernel.observe({"node": self._node}).state
        looked = time.perf_counter() - began
        kernel.close()
        assert not plan(self._desired, seen).on_links
        return {"links with their qdiscs": both, "the qdiscs alone": alone, "a look": looked}

    def _apply(self, kernel: Kernel, desired: State) -> float:
        planned = plan(desired, kernel.observe({"node": self._node}).state).plan
        began = time.perf_counter()
        assert not kernel.apply(planned)
        return time.perf_counter() - began

    def batch(self) -> Laps:
        in_hub = [*at(self._hub), "ip", "-batch", "-"]
        in_node = [*at(self._node), "tc", "-batch", "-"]
        add = [f"qdisc add dev {n} root handle 636c: {WORDS[self.kind]}" for n in self._names]
        both = _feed(in_hub, self._link_words()) + _feed(in_node, add)
        _feed(in_node, (f"qdisc del dev {name} root" for name in self._names))
        return {"links with their qdiscs": both, "the qdiscs alone": _feed(in_node, add)}

    def _link_words(self) -> Iterator[str]:
        for name in self._names:
            mine = f"name {name} group {GROUP} mtu 1500"
            yield f"link add {mine} type veth peer {mine} netns {self._node}"
            yield f"link set {name} addrgenmode none up"

    def verify_and_clear(self) -> None:
        found = tc_json(self._node, "qdisc show")
        assert sum(one["kind"] == self.kind for one in found) == self._count
        subprocess.run([*at(self._hub), "ip", "link", "del", "group", str(GROUP)], check=True)
        assert len(ip_json(self._node, "link show")) == 1
        time.sleep(0.3 + self._count / 2000)  # until the kernel has done its tidying


def _feed(command: list[str], lines: Iterable[str]) -> float:
    """The seconds it takes."""
    text = "\n".join(lines)
    began = time.perf_counter()
    subprocess.run(command, input=text, text=True, check=True)
    return time.perf_counter() - began


def _veth(name: str) -> tuple[Interface, Interface]:
    near, far = End("node", name), End(HUB, name)
    return (
        Interface(*near, "veth", mtu=1500, up=True, master="", peer=far),
        Interface(*far, "veth", mtu=1500, up=True, master="", peer=near),
    )


def report(count: int, kind: str, found: dict[str, list[Laps]]) -> None:
    floor = {lap: median(run[lap] for run in found["floor (C)"]) for lap in found["floor (C)"][0]}
    print(f"\n{count} links, a {kind} on each, on Linux {platform.release()}; every run read back")
    print(f"{'':46}{'median':>10}{'each':>10}{'to floor':>10}")
    for name, runs in found.items():
        for lap in runs[0]:
            middle = median(run[lap] for run in runs)
            ratio = f"{middle / floor[lap]:>9.2f}x" if lap in floor else ""
            words = f"{name}: {lap}"
            print(f"{words:46}{middle * 1e3:>7.1f} ms{middle / count * 1e6:>7.1f} us{ratio}")


if __name__ == "__main__":
    main()
