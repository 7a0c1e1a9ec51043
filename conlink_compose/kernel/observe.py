"""Kernel -> State: what the hub and the nodes hold now, and whose it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from conlink_compose.kernel.ethtool_features import read_features
from conlink_compose.kernel.forwarding import read_forwarding
from conlink_compose.kernel.mark import is_ours
from conlink_compose.kernel.namespaces import Namespace, Namespaces
from conlink_compose.kernel.nft.nft import Nft
from conlink_compose.kernel.ovs.local_port import KIND, is_local_port, taps
from conlink_compose.kernel.ovs.ovs import Ovs
from conlink_compose.kernel.rtnl.bridge_ports import port_vlans, redirects
from conlink_compose.kernel.rtnl.kind_data import device, read_data
from conlink_compose.kernel.rtnl.lookup import Known
from conlink_compose.kernel.rtnl.messages_qdisc import dump_qdiscs
from conlink_compose.kernel.rtnl.read_address import MARKS_ARE_KEPT
from conlink_compose.kernel.rtnl.read_link import LinkRecord, PortRecord, read_port
from conlink_compose.kernel.rtnl.read_qdisc import OURS, stages_by_link
from conlink_compose.kernel.rtnl.read_route import RouteRecord
from conlink_compose.kernel.sysctls import read_sysctls
from conlink_compose.kernel.view import View, ask
from conlink_compose.linux.sysctls import interface_of
from conlink_compose.linux.uapi import LOOPBACK_IFINDEX
from conlink_compose.state import (
    HUB,
    MACHINE,
    OVERRIDE,
    READY,
    Address,
    Data,
    End,
    Interface,
    Key,
    LocalPort,
    Loopback,
    OvsBridge,
    Qdisc,
    Ready,
    Route,
    State,
    Thing,
)
from conlink_compose.state.sought import Sought


@dataclass(frozen=True, slots=True)
class Observation:
    """What is. `gone` are the nodes whose namespace could not be opened, `reasons` their errno."""

    state: State
    gone: frozenset[str] = frozenset()
    reasons: Mapping[str, int] = field(default_factory=dict)


def look(
    namespaces: Namespaces, mark: int, nft: Nft, ovs: Ovs, sought: Sought
) -> tuple[State, dict[End, Known]]:
    """All objects, and how to name every interface. Raises OSError where one cannot be
    read: what is not seen would be made again."""
    views = {view.namespace.label: view for view in map(ask, namespaces)}
    in_hub = views[HUB].links.values()
    things: list[Thing] = list(ovs.look({link.name: link.ifindex for link in in_hub}))
    local_ports = {thing.name for thing in things if isinstance(thing, OvsBridge)}
    if ovs.is_unseen:
        local_ports = taps(in_hub, mark)
    known: dict[End, Known] = {}
    for label, view in views.items():
        for link in view.links.values():
            local = label == HUB and is_local_port(link, local_ports)
            ours = label != MACHINE and (local or is_ours(link.group, mark))
            known[End(label, link.name)] = Known(link.ifindex, ours)
        if label == MACHINE:
            things += _parents(view)
            continue
        things += _interfaces(view, views, namespaces, local_ports, mark)
        things += _addresses(view, mark)
        things += _routes(view, mark)
        mine = [link for link in view.links.values() if is_ours(link.group, mark)]
        things += read_features(view.namespace, mine, sought.features.get(label, {}))
        things += _qdiscs(view, mark)
        things += view.prefixes
    things += port_vlans(namespaces.hub.socket, views[HUB].links, mark)
    things += redirects(namespaces.hub.socket, views[HUB].links, mark)
    for label in sought.forwarding & views.keys():
        things += read_forwarding(views[label].namespace)
    things += read_sysctls(_sysctls_there(views, sought.sysctls))
    used = frozenset(end.netns for end, one in known.items() if one.owned)
    things += nft.look(namespaces, sought.rules, used)
    return State.of(things), known


def _sysctls_there(
    views: Mapping[str, View], sought: Mapping[str, Iterable[str]]
) -> Iterator[tuple[Namespace, list[str]]]:
    """Those of an interface are there with it."""
    for label in sought.keys() & views.keys():
        there = {None, *(link.name for link in views[label].links.values())}
        paths = [path for path in sought[label] if interface_of(path) in there]
        yield views[label].namespace, paths


def _parents(view: View) -> Iterator[Interface]:
    """The machine's interfaces, as far as what lies on them asks. None of them is ours."""
    for link in view.links.values():
        if link.ifindex != LOOPBACK_IFINDEX:
            yield Interface(
                view.namespace.label,
                link.name,
                link.kind,
                mac=link.mac,
                mtu=link.mtu,
                up=link.up,
                owned=False,
            )


def _interfaces(
    view: View,
    views: Mapping[str, View],
    namespaces: Namespaces,
    local_ports: Collection[str],
    mark: int,
) -> Iterator[Interface | Loopback | Ready]:
    label = view.namespace.label
    for link in view.links.values():
        if link.ifindex == LOOPBACK_IFINDEX:
            if label != HUB:
                yield Loopback(label, link.up)
            if link.alias == READY and label != HUB:
                yield Ready(label)
            continue
        if label == HUB and is_local_port(link, local_ports):
            yield LocalPort(label, link.name, "ovs", mac=link.mac, mtu=link.mtu, up=link.up)
        else:
            yield _interface(link, view, _far(link, view, views, namespaces), mark)


def _interface(link: LinkRecord, view: View, far: _Far | None, mark: int) -> Interface:
    master = view.links.get(link.master)
    if master and master.kind == KIND:  # of its ports Open vSwitch itself tells
        master = None
    ours = is_ours(link.group, mark)
    port = read_port(link.port) if master and master.kind == "bridge" else None
    on = far if far and link.kind != "veth" else None
    return Interface(
        view.namespace.label,
        link.name,
        link.kind,
        mac=link.mac,
        mtu=link.mtu,
        up=link.up,
        master=master.name if master else "",
        peer=far.end if far and link.kind == "veth" else None,
        parent=on.end if on else None,
        parent_mtu=on.mtu if on else view.mtus.get(link.ifindex),
        isolated=port.isolated if port else None,
        held=_held(port, link, master) if port and master else None,
        carrier=link.carrier,
        override=link.alias.removeprefix(OVERRIDE) if link.alias.startswith(OVERRIDE) else "",
        data=_data(link) if ours else (),
        owned=ours,
    )


def _data(link: LinkRecord) -> Data:
    return (*read_data(link.kind, link.data), *device(link.kind, link.ifindex))


def _held(port: PortRecord, link: LinkRecord, bridge: LinkRecord) -> str | None:
    """The kernel itself disables a port without a carrier, and all those of a bridge that is down,
    and makes them forward afterwards (net/bridge/br_if.c, br_port_carrier_check)."""
    return port.held if bridge.up and link.up and link.operational else None


class _Far(NamedTuple):
    """The other end of a veth, or the parent of any other."""

    end: End
    mtu: int


def _far(
    link: LinkRecord, view: View, views: Mapping[str, View], namespaces: Namespaces
) -> _Far | None:
    """IFLA_LINK is its ifindex in the namespace of IFLA_LINK_NETNSID."""
    if not link.peer_ifindex:
        return None
    where = view.namespace
    if link.kind == "ipvtap" and link.peer_nsid is None:
        return _parent_of_ipvtap(link, views)
    label = where.label if link.peer_nsid is None else namespaces.label_of(where, link.peer_nsid)
    other = views[label].links.get(link.peer_ifindex) if label else None
    return _Far(End(label, other.name), other.mtu) if label and other else None


def _parent_of_ipvtap(link: LinkRecord, views: Mapping[str, View]) -> _Far | None:
    """The kernel does not tell where the parent of an ipvtap lies (drivers/net/ipvlan/ipvtap.c has
    no get_link_net): it is the one of that index that has the same MAC, as all on it have."""
    for label in (HUB, MACHINE):
        other = views[label].links.get(link.peer_ifindex) if label in views else None
        if other and other.mac == link.mac:
            return _Far(End(label, other.name), other.mtu)
    return None


def _addresses(view: View, mark: int) -> Iterator[Address]:
    """The kernel's own link-local ones do not matter."""
    for address in view.addresses:
        link = view.links.get(address.ifindex)
        if link and not address.made_by_kernel:
            ours = address.ours
            if not MARKS_ARE_KEPT:
                ours = address.lasting and is_ours(link.group, mark)
            if view.namespace.label == HUB:  # two projects may share it
                ours = ours and is_ours(link.group, mark)
            yield Address(view.namespace.label, link.name, address.cidr, ours)


def _qdiscs(view: View, mark: int) -> Iterator[Qdisc]:
    """The kernel tells those of all interfaces at once: it is asked where one may be ours."""
    where = view.namespace
    ours = {
        link.ifindex: link.name
        for link in view.links.values()
        if link.qdisc in OURS and is_ours(link.group, mark)
    }
    for ifindex, stages in stages_by_link(where.socket.dump(dump_qdiscs()) if ours else ()):
        if ifindex in ours:
            yield Qdisc(where.label, ours[ifindex], stages)


def _routes(view: View, mark: int) -> Iterable[Route]:
    """One of a key: ours if there is one. Of IPv4 routes the first takes all packets."""
    found: dict[Key, Route] = {}
    for record in view.routes:
        if record.by_kernel:
            continue
        route = _route(view, record, mark)
        first = found.setdefault(route.key, route)
        if route.owned and not first.owned:
            found[route.key] = replace(route, contested=replace(first, owned=True) != route)
    return found.values()


def _route(view: View, record: RouteRecord, mark: int) -> Route:
    link = view.links.get(record.ifindex)
    ours = record.ours
    if view.namespace.label == HUB:
        ours = ours and link is not None and is_ours(link.group, mark)
    return Route(
        view.namespace.label,
        link.name if link else "",
        record.to,
        via=record.via,
        metric=record.metric,
        table=record.table,
        src=record.src,
        onlink=record.onlink,
        contested=record.shared,
        owned=ours,
    )
