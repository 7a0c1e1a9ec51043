"""Ways to attach the nodes of a field to one bridge. Each returns seconds by its phases."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface

from field import GROUP, Field, at

from conlink_compose.kernel import Kernel
from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.plan import plan
from conlink_compose.topology import Bridge, Endpoint, Link, Route, Service, Topology

GATEWAY = IPv4Address("10.0.255.254")


def floor(field: Field, program: str, *how: str) -> dict[str, float]:
    command = [program, *how, str(GROUP), field.hub, *field.paths]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {"apply": float(done.stdout)}


def ours(field: Field) -> dict[str, float]:
    """The whole loop as the runtime goes through it; the sockets' opening is told apart."""
    topology = _topology(field)
    kernel = Kernel(field.hub, GROUP)
    clock = _Clock()
    kernel.observe(field.by_name)
    clock.lap("open and observe")
    before = kernel.observe(field.by_name)
    clock.lap("observe")
    desired = bind(topology, field.nodes).state
    clock.lap("bind")
    planned = plan(desired, before.state)
    clock.lap("plan")
    failures = kernel.apply(planned.plan)
    clock.lap("apply")
    after = kernel.observe(field.by_name)
    clock.lap("verify: observe")
    again = plan(desired, after.state)
    clock.lap("verify: plan")
    kernel.close()
    assert not failures, failures[:3]
    assert all(operation.thing.key[0] == "ready" for operation in again.plan), again.plan[:3]
    return clock.laps


def ip_batch(field: Field) -> dict[str, float]:
    """One `ip -batch` in the hub, and one in each node."""
    clock = _Clock()
    in_hub = [" ".join(words) for words in _hub_steps(field)]
    _run([*at(field.hub), "ip", "-batch", "-"], "\n".join(in_hub))
    for i, path in enumerate(field.paths, start=1):
        _run([*at(path), "ip", "-batch", "-"], "\n".join(map(" ".join, _node_steps(i))))
    clock.lap("apply")
    return clock.laps


def ip_steps(field: Field) -> dict[str, float]:
    """One `ip` for each step."""
    clock = _Clock()
    for words in _hub_steps(field):
        _run([*at(field.hub), "ip", *words])
    for i, path in enumerate(field.paths, start=1):
        for words in _node_steps(i):
            _run([*at(path), "ip", *words])
    clock.lap("apply")
    return clock.laps


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now


def _topology(field: Field) -> Topology:
    address = IPv4Interface("10.0.0.1/16")
    route = Route(None, GATEWAY)
    near = Endpoint(
        field.owner, "eth0", (address,), mac="02:00:00:00:00:01", mtu=1500, routes=(route,)
    )
    return Topology(
        "bench",
        services=(Service(field.owner, field.count),),
        links=(Link("veth", near, bridge="br"),),
        bridges=(Bridge("br", "linux"),),
    )


def _hub_steps(field: Field) -> Iterator[tuple[str, ...]]:
    yield "link", "add", "name", "br", "group", str(GROUP), "type", "bridge"
    yield "link", "set", "dev", "br", "up"
    for i, path in enumerate(field.paths, start=1):
        mac = f"02:00:00:00:{i >> 8:02x}:{i & 255:02x}"
        yield (
            *("link", "add", "name", f"h{i}", "group", str(GROUP), "mtu", "1500", "type", "veth"),
            *("peer", "name", "eth0", "address", mac, "mtu", "1500", "netns", path),
        )
        yield "link", "set", f"h{i}", "addrgenmode", "none", "master", "br", "up"


def _node_steps(i: int) -> Iterator[tuple[str, ...]]:
    yield "link", "set", "eth0", "up"
    yield "addr", "add", f"10.0.{i >> 8}.{i & 255}/16", "dev", "eth0"
    yield "route", "add", "default", "via", str(GATEWAY)


def _run(command: list[str], text: str = "") -> None:
    subprocess.run(command, input=text, text=True, check=True, stdout=subprocess.DEVNULL)
