"""The modes of bridges, one module each, found by its name: `bridges/<mode>.py`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.modules import Modules
from conlink_compose.state import DEFAULT_VLAN, HUB, PortVlans, Thing
from conlink_compose.topology import Bridge, Link, Topology, Vlan

AUTO = "auto"

KNOBS = frozenset(("stp", "vlan_filtering", "mcast_snooping", "group_fwd_mask", "mtu"))
"""The keys by which a file sets what a switch does."""


def any_number(bridge: Bridge, ends: int) -> Iterator[Diagnostic]:
    """The `check_ends` of a mode that joins as many as come."""
    del bridge, ends
    yield from ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the language asks of a mode.

    `port_keys` are what a link can say of its port there, `knobs` those of the `KNOBS` it has.
    `check_ends` judges how many ends it has, links and tunnels. `one_mtu`: frames go from an end
    straight into another, so that one that names no MTU has the other's, as those of a wire.
    """

    port_keys: frozenset[str] = frozenset()
    knobs: frozenset[str] = KNOBS
    check_ends: Callable[[Bridge, int], Iterator[Diagnostic]] = any_number
    one_mtu: bool = False


@dataclass(frozen=True, slots=True)
class Port:
    """An end in the hub that a bridge joins: its name there, and where it is declared.

    A `tunnel` leads to another machine, where members of each VLAN may be.
    """

    name: str
    vlan: Vlan | None = None
    tunnel: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class BoundBridge:
    """A bridge, what it is called in the hub, the MAC that its interface there is to keep, where
    somebody needs it to, and what the kernel lacks, of what `needs` names."""

    bridge: Bridge
    name: str
    mac: str | None = None
    missing: frozenset[str] = frozenset()


def vlans_of(ports: Sequence[Port]) -> dict[str, PortVlans]:
    """The VLANs that pass each port of a bridge that keeps them apart, by the port's name. A tunnel
    carries all of them that a port here is in; what is on no VLAN, is on the kernel's first."""
    used = {vid for port in ports for vid in _ids(port.vlan)} - {DEFAULT_VLAN}
    return {
        port.name: _vlans(port.name, port.vlan, tuple(sorted(used)) if port.tunnel else ())
        for port in ports
    }


def _ids(vlan: Vlan | None) -> set[int]:
    return {vid for vid in (vlan.access, vlan.native, *vlan.trunk) if vid} if vlan else set()


def _vlans(port: str, vlan: Vlan | None, tagged: tuple[int, ...]) -> PortVlans:
    if vlan is None:
        return PortVlans(HUB, port, tagged=tagged)
    own = vlan.access or vlan.native or 0
    trunk = tuple(sorted(_ids(vlan) - {own}))
    return PortVlans(HUB, port, pvid=own, untagged=(own,) if own else (), tagged=trunk)


@cache
def rules(name: str) -> Rules:
    """What may be written of a mode of the language. Raises `KeyError` where there is none.

    How many ends `auto` takes is open: it may be another mode than `linux` one day.
    """
    if name == AUTO:
        return replace(mode(AUTO).RULES, check_ends=any_number)
    return mode(name).RULES


def modes_with(key: str) -> list[str]:
    """The modes whose ports can be told `key`."""
    return [name for name in modes() if key in rules(name).port_keys]


def with_mtus(topology: Topology) -> Topology:
    """The same with an MTU for each link that names none, where a bridge has it follow another."""
    following = {bridge.name for bridge in topology.bridges if rules(bridge.mode).one_mtu}
    mtus: dict[str | None, int] = {}
    for link in topology.links:
        if link.bridge in following and link.near.mtu:
            mtus[link.bridge] = max(mtus.get(link.bridge, 0), link.near.mtu)
    if not mtus:
        return topology
    return replace(topology, links=tuple(_following(link, mtus) for link in topology.links))


def _following(link: Link, mtus: Mapping[str | None, int]) -> Link:
    if link.near.mtu or link.bridge not in mtus:
        return link
    return replace(link, near=replace(link.near, mtu=mtus[link.bridge]))


class Mode(Protocol):
    """What a module in this package offers."""

    RULES: Rules
    """What may be written of it and of its ports."""

    IS_INTERFACE: bool
    """Whether there is an interface of its name in the hub."""

    ENSLAVES: bool
    """Whether the kernel itself calls that interface the master of its ports."""

    def needs(self, bridge: Bridge) -> frozenset[str]:
        """What it asks of the kernel, as things do, to find out what is missing."""
        ...

    def expand(self, bound: BoundBridge) -> Iterator[Thing]:
        """What it is made of in the hub, without its ports."""
        ...

    def on_ports(
        self, bound: BoundBridge, ports: Sequence[Port]
    ) -> Iterator[tuple[Thing, Span | None]]:
        """What there is on its ports beside the interfaces, and where that is declared."""
        ...


_MODES = Modules[Mode](__name__, __path__)


def modes() -> tuple[str, ...]:
    """The names of all modes that can be brought up."""
    return _MODES.names


def mode(name: str) -> Mode:
    """The module of one mode; `auto` is `linux`. Raises `KeyError` where there is none."""
    return _MODES["linux" if name == AUTO else name]
