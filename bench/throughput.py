"""How many bits a second pass: one TCP stream over what we make, beside the same made with `ip`.

    uv run python bench/throughput.py [--rounds 5] [--seconds 1]

A wire, a patch and a linux bridge, all between two namespaces. Each round runs iperf3 once over
each, ours and the other in turn; the best of each counts, which is the one that the rest of the
machine disturbed least. TX checksum offload is on, as the kernel has it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Interface
from typing import Any

from field import GROUP, HERE, at

from conlink_compose.kernel import Kernel
from conlink_compose.linux.namespaces import in_new_network, open_namespace
from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.plan import plan
from conlink_compose.topology import Bridge, Endpoint, Life, Link, Node, Owner, Service, Topology

FORMS = ("wire", "patch", "linux")
ADDRESSES = ("10.0.0.1/24", "10.0.0.2/24")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1)
    arguments = parser.parse_args()
    makers: dict[str, Callable[[Line, str], None]] = {"conlink-compose": ours, "ip": plain}
    print("\none TCP stream (iperf3) over a veth, with TX checksum offload, Gbit/s at best")
    print(f"{'':16}{'conlink-compose':>17}{'ip':>10}{'to ip':>10}")
    for form in FORMS:
        lines = {name: Line(form, make) for name, make in makers.items()}
        found: dict[str, list[float]] = {name: [] for name in lines}
        for _ in range(arguments.rounds):
            for name, line in lines.items():
                found[name].append(line.measure(arguments.seconds))
        for line in lines.values():
            line.close()
        mine, other = (max(found[name]) / 1e9 for name in ("conlink-compose", "ip"))
        label = {"wire": "wire", "patch": "patch (mirred)", "linux": "linux bridge"}[form]
        print(f"{label:16}{mine:>17.1f}{other:>10.1f}{mine / other:>9.2f}x", flush=True)


class Line:
    """A hub and two nodes, a and b, joined in one of the forms; gone when it is closed."""

    def __init__(self, form: str, make: Callable[[Line, str], None]) -> None:
        self._fds = [in_new_network(lambda: open_namespace(HERE)) for _ in range(3)]
        self.hub, self.a, self.b = (f"/proc/{os.getpid()}/fd/{fd}" for fd in self._fds)
        make(self, form)
        run(self.a, "ping -c1 -W2 -q 10.0.0.2")
        for path in (self.a, self.b):
            assert "tx-checksumming: on" in run(path, "ethtool -k eth0")

    def measure(self, seconds: int) -> float:
        """Bits a second, as they arrive."""
        server = subprocess.Popen(
            [*at(self.b), "iperf3", "-s", "-1", "-J"], stdout=subprocess.DEVNULL
        )
        while "LISTEN" not in run(self.b, "ss -Hltn"):
            time.sleep(0.02)
        told: dict[str, Any] = json.loads(run(self.a, f"iperf3 -c 10.0.0.2 -J -t {seconds}"))
        server.wait(10)
        return float(told["end"]["sum_received"]["bits_per_second"])

    def close(self) -> None:
        for fd in self._fds:
            os.close(fd)


def ours(line: Line, form: str) -> None:
    owners = [Owner("service", name) for name in "ab"]
    ends = [
        Endpoint(owner, "eth0", (IPv4Interface(address),))
        for owner, address in zip(owners, ADDRESSES, strict=True)
    ]
    wired = form == "wire"
    topology = Topology(
        "bench",
        services=tuple(Service(owner, 1) for owner in owners),
        links=(Link("veth", ends[0], far=ends[1]),)
        if wired
        else tuple(Link("veth", end, bridge="br") for end in ends),
        bridges=() if wired else (Bridge("br", form),),
    )
    paths = {"a-1": line.a, "b-1": line.b}
    nodes = [
        Node(name, owner, 1, Life("1", path))
        for owner, (name, path) in zip(owners, paths.items(), strict=True)
    ]
    kernel = Kernel(line.hub, GROUP)
    desired = bind(topology, nodes).state
    assert not kernel.apply(plan(desired, kernel.observe(paths).state).plan)
    assert not plan(desired, kernel.observe(paths).state).on_links
    kernel.close()


def plain(line: Line, form: str) -> None:
    for words in _joining(line, form):
        run(line.hub, words)
    for path, address in zip((line.a, line.b), ADDRESSES, strict=True):
        run(path, f"ip addr add {address} dev eth0")
        run(path, "ip link set eth0 up")


def _joining(line: Line, form: str) -> Iterator[str]:
    if form == "wire":
        yield f"ip link add eth0 netns {line.a} type veth peer eth0 netns {line.b}"
        return
    if form == "linux":
        yield "ip link add name br type bridge"
        yield "ip link set dev br up"
    for name, path in (("ha", line.a), ("hb", line.b)):
        yield f"ip link add {name} type veth peer eth0 netns {path}"
        yield f"ip link set {name} up" + (" master br" if form == "linux" else "")
    if form == "patch":
        for name, other in (("ha", "hb"), ("hb", "ha")):
            yield f"tc qdisc add dev {name} ingress"
            every = f"tc filter add dev {name} ingress protocol all u32 match u32 0 0"
            yield f"{every} action mirred egress redirect dev {other}"


def run(path: str, words: str) -> str:
    command = [*at(path), *words.split()]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
