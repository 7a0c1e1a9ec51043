"""Who is wired to what, as seen in the kernel: what `ps` shows. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from conlink_compose.reconcile.bind import Binding, Waiting
from conlink_compose.state import (
    HUB,
    USERSPACE_DATAPATH,
    Address,
    End,
    Features,
    Forward,
    Interface,
    Nat,
    Netem,
    OvsBridge,
    OvsPort,
    PortVlans,
    Qdisc,
    Ready,
    Route,
    Stage,
    State,
)
from conlink_compose.state.features import switch
from conlink_compose.topology import Node, Owner

_DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class InterfaceStatus:
    """One interface of a node. `state`: up, down, missing (not there), waiting (for its peer), no
    carrier (its other end is down), or how the bridge's port behind it is held back: disabled, or
    by spanning tree listening, learning, blocking.

    `peer` is what it is joined to: `bridge lan`, `r2-1:eth1`, or empty. `routes` are those that
    bear our mark, as ip(8) writes them. `overridden`: somebody asked something else of it than the
    files say, and it is so. `nat` tells where traffic to its addresses goes, and `forward` where to
    the ports of the hub lead. `ethtool` are the features that are declared. `netem` is all that
    its qdisc holds, a text for each that frames go through, and `impaired` what a user feels of it.
    """

    name: str
    kind: str
    state: str
    peer: str = ""
    mac: str = ""
    mtu: int | None = None
    addresses: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    overridden: bool = False
    nat: Mapping[str, str] = field(default_factory=dict)
    netem: tuple[str, ...] = ()
    impaired: str = ""
    forward: Mapping[str, str] = field(default_factory=dict)
    ethtool: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeWiring:
    """A node and its declared interfaces. `ready`: all its links stand."""

    name: str
    ready: bool
    interfaces: tuple[InterfaceStatus, ...] = field(default_factory=tuple)


def status(nodes: Sequence[Node], binding: Binding, actual: State) -> tuple[NodeWiring, ...]:
    """One a node, in the order the engine names them."""
    interfaces: dict[str, list[InterfaceStatus]] = {node.name: [] for node in nodes}
    addresses = _addresses(actual, binding.state)
    routes, nats, forwards = _routes(actual), _nats(actual), _forwards(actual, binding)
    bridges = {name: bridge for bridge, name in binding.names.bridges.items()}
    switched = _by_outer(binding)
    for node, interface in _declared(binding):
        found = actual.things.get(interface.key)
        now = found if isinstance(found, Interface) else None
        lies_on = now.joined if now else ""
        joined = lies_on or _joined(interface, binding.state, bridges, switched)
        joined += vlans_of(interface.peer, actual) if interface.peer else ""
        told = interface_status(interface, now, joined, _port_of(interface, binding.state, actual))
        if now:
            key = (node, interface.name)
            told = replace(
                told,
                addresses=addresses.get(key, ()),
                routes=routes.get(key, ()),
                overridden=bool(now.override),
                nat=nats.get(key, {}),
                **suffering(interface, actual),
                forward=forwards.get(key, {}),
                ethtool=_features(interface, actual),
            )
        interfaces[node].append(told)
    for waiting in binding.waiting:
        interfaces[waiting.node.name].append(_waits(waiting))
    return tuple(
        NodeWiring(name, Ready(name).key in actual.things, tuple(found))
        for name, found in interfaces.items()
    )


def _declared(binding: Binding) -> Iterator[tuple[str, Interface]]:
    for thing in binding.state:
        if isinstance(thing, Interface) and thing.netns != HUB:
            yield thing.netns, thing


def _joined(
    interface: Interface,
    desired: State,
    bridges: Mapping[str, str],
    switched: Mapping[str, str],
) -> str:
    """What its peer leads to; the hub's side of a veth leads to a bridge."""
    if not interface.peer:
        return interface.joined
    if interface.peer.netns != HUB:
        return str(interface.peer)
    outer = desired.things[("interface", *interface.peer)]
    master = outer.master if isinstance(outer, Interface) else None
    if master:
        return f"bridge {bridges[master]}"
    return switched.get(interface.peer.name, f"hub {interface.peer.name}")


def _by_outer(binding: Binding) -> dict[str, str]:
    """What the outer ends lead to whose bridge the kernel calls nobody's master."""
    found: dict[str, str] = {}
    for one in binding.bound:
        made = binding.state.things.get(("ovs-bridge", HUB, one.over))
        if one.master or not one.link.bridge:
            continue
        if isinstance(made, OvsBridge):
            by = ", userspace" if made.datapath == USERSPACE_DATAPATH else ""
            found[one.outer] = f"bridge {one.link.bridge} (ovs{by})"
        else:
            found[one.outer] = f"patch {one.link.bridge}"
    return found


def vlans_of(port_end: End, actual: State) -> str:
    """Those of a port, as far as it is not as every new one."""
    port = actual.things.get(PortVlans(*port_end).key)
    switched = actual.things.get(("ovs-port", *port_end))
    if isinstance(switched, OvsPort):
        return f" {switched.words}" if switched.words else ""
    return f" {port.words}" if isinstance(port, PortVlans) and not port.is_default else ""


def _addresses(actual: State, desired: State) -> dict[tuple[str, str], tuple[str, ...]]:
    """Of the link-local ones only those that are declared: every interface has one by itself."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for thing in actual:
        by_itself = isinstance(thing, Address) and thing.cidr.startswith("fe80:")
        if isinstance(thing, Address) and (not by_itself or thing.key in desired.things):
            key = (thing.netns, thing.interface)
            found[key] = (*found.get(key, ()), thing.cidr)
    return found


def _routes(actual: State) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for thing in actual:
        if isinstance(thing, Route) and thing.owned:
            key = (thing.netns, thing.interface)
            found[key] = (*found.get(key, ()), thing.words)
    return found


def _nats(actual: State) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for thing in actual:
        if isinstance(thing, Nat) and thing.whole:
            found.setdefault((thing.netns, thing.interface), {})[thing.address] = thing.to
    return found


def _features(interface: Interface, actual: State) -> dict[str, str]:
    found = actual.things.get(Features(*interface.end, ()).key)
    return {name: switch(on) for name, on in found.values} if isinstance(found, Features) else {}


def _forwards(actual: State, binding: Binding) -> dict[tuple[str, str], dict[str, str]]:
    """By port and protocol of the hub, where it leads in each family."""
    ends = {
        (bound.over, str(address.ip)): (bound.near.name, bound.near_end.dev)
        for bound in binding.bound
        if bound.link.forward
        for address in bound.near_end.addresses
    }
    found: dict[tuple[str, str], dict[str, str]] = {}
    for thing in actual if ends else ():
        if isinstance(thing, Forward) and thing.whole and (thing.over, thing.address) in ends:
            ports = found.setdefault(ends[thing.over, thing.address], {})
            port = f"{thing.port}/{thing.protocol}"
            ports[port] = " ".join((*ports.get(port, "").split(), thing.target))
    return found


def _port_of(interface: Interface, desired: State, actual: State) -> str | None:
    """How the port that the interface leads to is held back."""
    if not interface.peer:
        return None
    key = ("ovs-port", *interface.peer)
    switched = actual.things.get(key)
    if isinstance(switched, OvsPort):
        return switched.held if switched.works else _DISABLED
    if key in desired.things:  # a port of no bridge, as far as Open vSwitch tells
        return _DISABLED
    port = actual.things.get(interface.peer.key)
    return port.held if isinstance(port, Interface) else None


class _Suffering(TypedDict):
    netem: tuple[str, ...]
    impaired: str


def suffering(interface: Interface, actual: State) -> _Suffering:
    qdisc = actual.things.get(("qdisc", *interface.end))
    stages = qdisc.stages if isinstance(qdisc, Qdisc) else ()
    return {
        "netem": tuple(" ".join((stage.kind, *stage.words)) for stage in stages),
        "impaired": ", ".join(filter(None, map(_felt, stages))),
    }


def _felt(stage: Stage) -> str:
    """That it is a tbf is said: its bursts are not those of a line."""
    words = " ".join(stage.impairments)
    return words if isinstance(stage, Netem) else f"{words} ({stage.kind})"


def interface_status(
    wanted: Interface,
    now: Interface | None,
    joined: str,
    held: str | None,
) -> InterfaceStatus:
    if now is None:
        return InterfaceStatus(wanted.name, wanted.kind, "missing", joined, wanted.mac or "")
    return InterfaceStatus(now.name, now.kind, _state(now, held), joined, now.mac or "", now.mtu)


def _state(now: Interface, held: str | None) -> str:
    if not now.up:
        return "down"
    return (held or "up") if now.carrier else "no carrier"


def _waits(waiting: Waiting) -> InterfaceStatus:
    link = waiting.link
    assert link.far, "only a wire waits for a node"
    node = waiting.node
    here_is_near = link.near.owner in (node.owner, Owner("container", node.name))
    here, there = (link.near, link.far) if here_is_near else (link.far, link.near)
    return InterfaceStatus(here.dev, link.kind, "waiting", f"{waiting.far_owner}:{there.dev}")
