"""A wire from a to b, whose ends can be told a netem, and packets through it.

The sockets of both ends are this process's: no clock and no program stands between them.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_interface
from typing import Any

from conlink_compose.kernel import Failure
from conlink_compose.linux.namespaces import in_each_network
from conlink_compose.reconcile.bind import Binding, bind
from conlink_compose.reconcile.lacking import needed_qdiscs
from conlink_compose.reconcile.plan import plan
from conlink_compose.state import State
from conlink_compose.topology import Endpoint, Life, Link, Netem, Node, Owner, Service, Topology
from tests.kernel.lab import Lab
from tests.language.reading import end_with

A, B = Owner("service", "a"), Owner("service", "b")
ADDRESSES = {"a": "10.0.0.1", "b": "10.0.0.2"}
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33  # asm-generic/socket.h
HEADERS = 42
"""Bytes of Ethernet, IPv4 and UDP."""


class Line:
    """Every pass must end with nothing to do. What the kernel has it is not asked where `missing`
    is given."""

    def __init__(self, lab: Lab, missing: frozenset[str] | None = None) -> None:
        self.lab = lab
        self.missing = missing
        self.binding = Binding(State(), (), (), None)  # type: ignore[arg-type]
        self.actual = State()

    def shall(self, near: Any = (), far: Any = ()) -> list[str]:
        """Bring it up so; what was done, in words."""
        topology = self._topology(netem(near), netem(far))
        missing = self.missing
        if missing is None:
            missing = self.lab.kernel.missing_kinds(needed_qdiscs(topology))
        self.binding = bind(topology, self.nodes, missing)
        desired = self.binding.state
        found = plan(desired, self.lab.observe().state)
        refused: tuple[Failure, ...] = self.lab.kernel.apply(found.plan)
        assert not refused
        self.actual = self.lab.observe().state
        again = plan(desired, self.actual)
        assert not again.on_links, again.on_links
        return [f"{one.verb} {one.thing.title}: {one.cause}" for one in found.on_links]

    def tc(self, label: str = "a") -> list[dict[str, Any]]:
        done = self.lab.run(label, *["tc", "-s", "-j", "qdisc", "show", "dev", "eth0"])
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def by_hand(self, words: str, label: str = "a") -> None:
        done = self.lab.run(label, "tc", "qdisc", *words.split())
        assert done.returncode == 0, done.stderr

    @property
    def nodes(self) -> list[Node]:
        return [
            Node(owner.name, owner, 1, Life("1", self.lab.path(owner.name))) for owner in (A, B)
        ]

    def socket(self, label: str, kind: int = socket.SOCK_DGRAM) -> socket.socket:
        """One in that node, at its address, with room for all that a test sends."""

        def made() -> socket.socket:
            return socket.socket(socket.AF_INET, kind)

        (found,) = in_each_network([self.lab.fds[label]], made)
        assert not isinstance(found, OSError)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((ADDRESSES[label], 7))
        for option in (SO_SNDBUFFORCE, SO_RCVBUFFORCE):
            found.setsockopt(socket.SOL_SOCKET, option, 1 << 26)
        return found

    def _topology(self, near: tuple[Netem, ...], far: tuple[Netem, ...]) -> Topology:
        ends = [
            Endpoint(owner, "eth0", (ip_interface(f"{address}/24"),), netem=one)
            for owner, address, one in zip((A, B), ADDRESSES.values(), (near, far), strict=True)
        ]
        return Topology("lab", (Service(A), Service(B)), (Link("veth", ends[0], far=ends[1]),))


def netem(words: Any) -> tuple[Netem, ...]:
    """As the language reads it."""
    if not words:
        return ()
    found: tuple[Netem, ...] = end_with(netem=words).netem
    return tuple(replace(one, span=None) for one in found)


def seconds_there_and_back(line: Line, count: int) -> list[float]:
    """One datagram after the other from a to b and back."""
    found = []
    with line.socket("a") as a, line.socket("b") as b:
        for _ in range(count):
            began = time.perf_counter()
            a.sendto(b"ping", (ADDRESSES["b"], 7))
            b.recv(9)
            b.sendto(b"pong", (ADDRESSES["a"], 7))
            a.recv(9)
            found.append(time.perf_counter() - began)
    return found


def seconds_there(line: Line, count: int, apart: float = 0.05) -> list[float]:
    """Of datagrams from a to b, each on its own way; those that are lost are left out."""
    with line.socket("a") as a, line.socket("b") as b:
        _acquaint(a, b)
        found, next_one = [], time.perf_counter()
        for _ in range(count):
            a.sendto(struct.pack("d", time.perf_counter()), (ADDRESSES["b"], 7))
            next_one += apart
            found += _taken(b, next_one)
        return found + _taken(b, time.perf_counter() + 0.3)


def _taken(b: socket.socket, until: float) -> list[float]:
    found = []
    while select.select([b], [], [], max(0.0, until - time.perf_counter()))[0]:
        (sent,) = struct.unpack("d", b.recv(9))
        found.append(time.perf_counter() - sent)
    return found


def arrivals(line: Line, count: int, size: int, silence: float = 1.0) -> list[tuple[float, int]]:
    """The frames of a burst from a to b as they come, their times and their numbers."""
    with line.socket("a") as a, line.socket("b") as b:
        _acquaint(a, b)
        for number in range(count):
            a.sendto(number.to_bytes(4, "big") + bytes(size - HEADERS - 4), (ADDRESSES["b"], 7))
        return list(_until_silence(b, silence))


def _acquaint(a: socket.socket, b: socket.socket) -> None:
    """Both know the other's MAC when this is done: nothing of a burst waits for it."""
    for near, far, label in ((a, b, "b"), (b, a, "a")):
        while not select.select([far], [], [], 0.5)[0]:
            near.sendto(b"", (ADDRESSES[label], 7))
        while select.select([far], [], [], 0.3)[0]:
            far.recv(9)


def _until_silence(b: socket.socket, silence: float) -> Iterator[tuple[float, int]]:
    while select.select([b], [], [], silence)[0]:
        yield time.perf_counter(), int.from_bytes(b.recv(2000)[:4], "big")
