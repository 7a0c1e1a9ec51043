"""What the sysctls of hosts ask of the kernel. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conlink_compose import state
from conlink_compose.diagnostics import Span
from conlink_compose.linux.sysctls import forwarded_family, in_words, sysctl_path
from conlink_compose.state import Key
from conlink_compose.topology import Node, Service, Topology

Declared = tuple[state.Thing, Span | None]


def sysctls_of(
    topology: Topology, nodes: Iterable[Node], interfaces: Iterable[Key]
) -> Iterator[Declared]:
    """Of the hosts among `nodes`; those of an interface as soon as that is one of `interfaces`."""
    found = list(host_sysctls(topology))
    if not found:
        return
    hosts = {node.name for node in nodes if node.owner.kind == "host"}
    there = {None, *interfaces}
    for thing, span in found:
        if thing.netns in hosts and thing.lies_on in there:
            yield thing, span


def host_sysctls(topology: Topology) -> Iterator[Declared]:
    """Of all hosts."""
    for service in topology.services:
        if service.owner.kind == "host" and service.sysctls:
            yield from _of(service)


def _of(host: Service) -> Iterable[Declared]:
    """The last one holds, by whatever name it is called."""
    said: dict[Key, Declared] = {}
    for name, value in host.sysctls:
        thing = _thing(host.owner.name, name, in_words(value))
        said[thing.key] = thing, host.place(name)
    return said.values()


def _thing(netns: str, name: str, value: str) -> state.Thing:
    family = forwarded_family(name)
    if family and value in ("0", "1"):
        return state.Forwarding(netns, family, value == "1")
    return state.Sysctl(netns, sysctl_path(name), value)
