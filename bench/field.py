"""Where the benchmarks run: a hub and N nodes, namespaces that only open descriptors hold."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

from conlink_compose.kernel import Kernel
from conlink_compose.linux.namespaces import in_new_network, open_namespace
from conlink_compose.state import HUB, Address, Interface, Route
from conlink_compose.topology import Life, Node, Owner

GROUP = 0x63BE7C41
"""The interface group of all that is made here, by whichever method."""

HERE = "/proc/thread-self/ns/net"


class Field:
    """Made beforehand and not timed; empty again after each run."""

    def __init__(self, count: int, *, ipv6: bool = True) -> None:
        self.count = count
        self._hub, *self._nodes = (
            in_new_network(lambda: open_namespace(HERE)) for _ in range(count + 1)
        )
        self.owner = Owner("service", "node")
        if not ipv6:
            for path in self.paths:
                off = "net.ipv6.conf.default.disable_ipv6=1"
                subprocess.run([*at(path), "sysctl", "-qw", off], check=True)

    @property
    def hub(self) -> str:
        return _path(self._hub)

    @property
    def paths(self) -> list[str]:
        return [_path(node) for node in self._nodes]

    @property
    def nodes(self) -> list[Node]:
        return [
            Node(f"node-{i}", self.owner, i, Life("1", path))
            for i, path in enumerate(self.paths, start=1)
        ]

    @property
    def by_name(self) -> dict[str, str]:
        """Name of a node -> path of its namespace."""
        return {node.name: node.life.netns for node in self.nodes if node.life}

    def verify(self) -> None:
        """Every port, address and route is there: by our own reading, and by `ip` in a sample."""
        kernel = Kernel(self.hub, GROUP)
        things = kernel.observe(self.by_name).state.things.values()
        kernel.close()
        ports = [one for one in things if isinstance(one, Interface) and one.master]
        inside = [one for one in things if isinstance(one, Interface) and one.netns != HUB]
        assert len(ports) == len(inside) == self.count, (len(ports), len(inside))
        assert all(one.up for one in (*ports, *inside))
        addresses = {one.cidr for one in things if isinstance(one, Address)}
        assert addresses == {f"10.0.{n >> 8}.{n & 255}/16" for n in range(1, self.count + 1)}
        assert sum(isinstance(one, Route) for one in things) == self.count
        assert len(ip_json(self.hub, "link show type bridge_slave")) == self.count
        for path in self.paths[:: max(1, self.count // 5)]:
            (link,) = ip_json(path, "addr show dev eth0")
            assert link["operstate"] == "UP"
            assert [a["prefixlen"] for a in link["addr_info"] if a["family"] == "inet"] == [16]

    def clear(self) -> None:
        """One group, one removal; then wait until the kernel has done its tidying."""
        subprocess.run([*at(self.hub), "ip", "link", "del", "group", str(GROUP)], check=True)
        assert len(ip_json(self.hub, "link show")) == 1
        time.sleep(0.3 + self.count / 2000)

    def close(self) -> None:
        for fd in (self._hub, *self._nodes):
            os.close(fd)


def at(path: str) -> tuple[str, ...]:
    return ("nsenter", f"--net={path}")


def compiled(name: str, folder: str) -> str:
    """The C program of that name, made in `folder`."""
    source, program = Path(__file__).with_name(f"{name}.c"), str(Path(folder, name))
    subprocess.run(["cc", "-O2", "-Wall", "-o", program, str(source)], check=True)
    return program


def ip_json(path: str, words: str) -> list[dict[str, object]]:
    return _told([*at(path), "ip", "-j", *words.split()])


def tc_json(path: str, words: str) -> list[dict[str, object]]:
    return _told([*at(path), "tc", "-j", *words.split()])


def _told(command: list[str]) -> list[dict[str, object]]:
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [one for one in json.loads(done.stdout or "[]") if one]


def _path(fd: int) -> str:
    return f"/proc/{os.getpid()}/fd/{fd}"
