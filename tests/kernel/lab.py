"""Namespaces of a test's own. Only open descriptors hold them, so they end with the test,
whatever becomes of it; `ip`, `bridge` and `ping` run in them by nsenter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from conlink_compose.kernel import Kernel, Observation, mark_of
from conlink_compose.linux.namespaces import in_new_network, open_namespace
from conlink_compose.state import HUB, MACHINE, End, Interface, Operation
from conlink_compose.state.sought import NOTHING, Sought

PROJECT = "lab"


def new_netns() -> int:
    """Its descriptor."""
    return in_new_network(lambda: open_namespace("/proc/thread-self/ns/net"))


class Lab:
    """A hub, nodes, and a `Kernel` that speaks to them."""

    def __init__(self, *nodes: str) -> None:
        self.fds = {label: new_netns() for label in (HUB, *nodes)}
        self.kernel = Kernel(self.path(HUB), mark_of(PROJECT))
        self._ovs: subprocess.Popen[bytes] | None = None
        self.ovs_folder = ""

    def path(self, label: str) -> str:
        return f"/proc/{os.getpid()}/fd/{self.fds[label]}"

    def again(self) -> Kernel:
        """Another one for the same namespaces, as a runtime that was started again has it."""
        return Kernel(self.path(HUB), mark_of(PROJECT))

    def begin_anew(self) -> None:
        """Its `Kernel` is another from now on."""
        self.kernel.close()
        self.kernel = self.again()
        if self._ovs:
            self.kernel.reach_ovs(self.ovs_folder, starts=False)

    @property
    def paths(self) -> dict[str, str]:
        return {label: self.path(label) for label in self.fds if label not in (HUB, MACHINE)}

    def with_ovs(self, folder: Path) -> Lab:
        """Open vSwitch runs in the hub, and is kept running by what the network service has for
        it."""
        self._ovs = subprocess.Popen(
            (
                "nsenter",
                f"--net={self.path(HUB)}",
                *(sys.executable, "-P", "-m", "conlink_compose.kernel.ovs", str(folder)),
            ),
            stderr=(folder.parent / "ovs.log").open("w"),
        )
        self.ovs_folder = str(folder)
        self.kernel.reach_ovs(self.ovs_folder, starts=False)
        deadline = time.monotonic() + 20.0
        while not (folder / "db.sock").exists():
            assert time.monotonic() < deadline, (folder.parent / "ovs.log").read_text()
            time.sleep(0.02)
        return self

    @property
    def keeper(self) -> int:
        """The pid of what keeps Open vSwitch running."""
        assert self._ovs
        return self._ovs.pid

    def with_machine(self) -> Lab:
        """A namespace of its own stands for the machine's, in which parents lie."""
        self.fds[MACHINE] = new_netns()
        assert self.kernel.reach_machine(self.path(MACHINE)) == MACHINE
        return self

    def observe(self, sought: Sought = NOTHING) -> Observation:
        return self.kernel.observe(self.paths, sought)

    def do(self, *operations: Operation) -> None:
        """Observe and obey; nothing may be refused."""
        self.observe()
        assert self.kernel.apply(operations) == ()

    def run(self, label: str, *argv: str) -> subprocess.CompletedProcess[str]:
        command = ("nsenter", f"--net={self.path(label)}", *argv)
        environ = {**os.environ, "OVS_RUNDIR": self.ovs_folder}
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    def ip(self, label: str, words: str) -> list[dict[str, Any]]:
        """`ip -j WORDS`, read back."""
        done = self.run(label, *f"ip -d -j {words}".split())
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
        return [one for one in found if one]

    def change(self, label: str, words: str) -> None:
        """Somebody else's hand: `ip WORDS`."""
        done = self.run(label, "ip", *words.split())
        assert done.returncode == 0, done.stderr

    def link(self, label: str, name: str) -> dict[str, Any] | None:
        return next((one for one in self.ip(label, "link show") if one["ifname"] == name), None)

    def cidrs(self, label: str, name: str) -> set[str]:
        """All but the link-local ones."""
        return {
            f"{one['local']}/{one['prefixlen']}"
            for link in self.ip(label, f"addr show dev {name}")
            for one in link["addr_info"]
            if one["scope"] != "link"
        }

    def pings(self, label: str, address: str) -> bool:
        return self.run(label, "ping", "-c1", "-W2", address).returncode == 0

    def restart(self, label: str) -> None:
        """The node gets a new namespace, as a container does when it is started again."""
        old, self.fds[label] = self.fds[label], new_netns()
        os.close(old)

    def until_link_local(self, *ends: str) -> None:
        """Until each `NODE:DEV` has its own address and route, which the kernel gives it some time
        after its carrier."""
        deadline = time.monotonic() + 10.0
        for node, _, dev in (end.partition(":") for end in ends):
            while not self.ip(node, f"-6 route show fe80::/64 dev {dev}"):
                assert time.monotonic() < deadline, f"{node}:{dev} has no link-local route"
                time.sleep(0.02)

    def close(self) -> None:
        self.kernel.close()
        if self._ovs:
            self._ovs.terminate()
            self._ovs.wait(20.0)
        for fd in self.fds.values():
            os.close(fd)


def add(thing: Any, other: Interface | None = None) -> Operation:
    return Operation("add", thing, "test", other=other)


def change(before: Any, thing: Any) -> Operation:
    return Operation("change", thing, "test", before=before)


def remove(thing: Any) -> Operation:
    return Operation("remove", thing, "test")


def veth(near: End, far: End, master: str = "") -> tuple[Interface, Interface]:
    """Both ends as they are desired."""
    return (
        Interface(*near, "veth", mtu=1500, up=True, master="", peer=far),
        Interface(*far, "veth", mtu=1500, up=True, master=master, peer=near),
    )


def add_bridge(name: str = "br") -> Operation:
    return add(Interface(HUB, name, "bridge", up=True))


def add_link(node: str, bridge: str = "br", dev: str = "eth0") -> Operation:
    return add(*veth(End(node, dev), End(HUB, f"{node}-{dev}"), bridge))


def add_wire(near: str, far: str, dev: str = "eth0") -> Operation:
    return add(*veth(End(near, dev), End(far, dev)))
