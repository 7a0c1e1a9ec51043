"""What interfaces must not share: names in a node and in the hub, outer ports, wires, bridges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from conlink_compose import bridges as modes
from conlink_compose import links as kinds
from conlink_compose.bridges import ovs
from conlink_compose.diagnostics import Span
from conlink_compose.language.bridges import ReadBridge
from conlink_compose.language.layers import EndKey, MergedEnd, tell_twice
from conlink_compose.language.links import ReadLink
from conlink_compose.language.project import Project
from conlink_compose.language.report import Report
from conlink_compose.topology import IpAddress, Tunnel

_NONE = "network_mode: none to the service"


def check_containers(report: Report, project: Project, ends: Mapping[EndKey, MergedEnd]) -> None:
    """A container's interface may not have the name of one that all its service's replicas have."""
    for (owner, dev), end in ends.items():
        service = project.service_of(owner)
        if service != owner and (service, dev) in ends:
            tell_twice(report, end.key, end.dev_at, ends[service, dev].dev_at)


def check_engine_networks(report: Report, project: Project, ends: Iterable[MergedEnd]) -> None:
    """Links beside what the container engine itself does to the node's namespace."""
    told: set[Span] = set()
    for end in ends:
        owner = project.service_of(end.owner)
        member = project.members.get(owner)
        if member is None or owner.kind != "service":
            continue
        if member.shared:
            if member.shared not in told:
                told.add(member.shared)
                message = f"{owner} has links, but shares the network of another"
                help_ = f"it needs a namespace of its own: write {_NONE}"
                report.error("shared-namespace", member.shared, message, help_)
        elif end.dev in member.taken:
            message = f"{owner} has an interface {end.dev} already: that of its Docker network"
            report.error("dev-taken", end.dev_at, message, f"add {_NONE}, or choose another dev")


def check_wires(report: Report, ends: Mapping[EndKey, MergedEnd]) -> None:
    """Both ends of a wire name each other, and neither leads to a bridge."""
    for key, end in ends.items():
        if end.far is None:
            continue
        far = ends[end.far]
        if far.far != key and far.far is not None:
            owner, dev = end.far
            other, other_dev = far.far
            message = f"{dev} of {owner} is wired to {other_dev} of {other} already"
            report.error("wired-twice", end.far_at, f"{message}, at {far.far_at}")
        if "bridge" in end.fields:
            at = end.fields["bridge"].key_at
            message = f"{end.dev} of {end.owner} is the end of a wire, at {end.far_at}"
            help_ = "a link leads to a bridge, or to a peer, not to both"
            report.error("bridge-and-wire", at, message, help_)


def check_hub_names(
    report: Report, links: Iterable[ReadLink], bridges: Mapping[str, ReadBridge]
) -> None:
    """Outer ends: one name for one interface, and no bridge's, nor Open vSwitch's own."""
    seen: dict[str, Span] = {}
    switch = next((read for read in bridges.values() if read.bridge.mode == "ovs"), None)
    for link in links:
        if link.outer is None or not kinds.rules(link.kind).joins:
            continue
        at = link.near.place("outer-dev")
        first = seen.setdefault(link.outer, at)
        if link.near.replicas > 1:
            message = f"the {link.near.replicas} replicas of {link.near.owner} cannot share one"
            help_ = "leave outer-dev out: each gets a name of its own"
            report.error("outer-dev-scaled", at, f"{message} outer-dev", help_)
        if first is not at:
            message = f"there is an outer-dev {link.outer} already, at {first}"
            report.error("outer-dev-twice", at, message)
        if link.outer in bridges:
            where = bridges[link.outer].at
            message = f"{link.outer} is the name of a bridge, at {where}"
            report.error("outer-dev-twice", at, message)
        if switch:
            report.add(ovs.check_outer(link.outer, switch.bridge, at))


def check_forwards(report: Report, links: Iterable[ReadLink]) -> None:
    """One outer port, one destination, for each protocol; replicas counted."""
    seen: dict[tuple[str, int], Span] = {}
    for link in links:
        for forward in link.forward:
            at = forward.span or link.near.merged.at
            for port in range(forward.outer, forward.outer + link.near.replicas):
                first = seen.setdefault((forward.protocol, port), at)
                if first is not at:
                    who = f"port {port}/{forward.protocol}"
                    if link.near.replicas > 1:
                        who += f" for replica {port - forward.outer + 1} of {link.near.owner}"
                    report.error("port-twice", at, f"{who} is forwarded already, at {first}")
                    break


def check_destinations(report: Report, links: Iterable[ReadLink]) -> None:
    """The hub tells nodes apart by their addresses, and is itself on VLAN 1 of a bridge."""
    seen: dict[IpAddress, ReadLink] = {}
    for link in (link for link in links if link.forward):
        at = link.near.place("forward")
        vlan = link.vlan
        if vlan and 1 not in (vlan.access, vlan.native):
            message = "forward leads to ports whose untagged frames are on VLAN 1, as the hub's are"
            report.error("forward-and-vlan", at, message)
        for address in (one for one, _ in link.near.addresses if one is not None):
            for number in range(link.near.replicas):
                first = seen.setdefault(address.ip + number, link)
                if first.bridge != link.bridge:
                    message = (
                        f"{address.ip + number} is an address on bridge {first.bridge} too, where "
                        f"{first.near.place('forward')} leads: the hub cannot tell the two apart"
                    )
                    report.error("forward-ambiguous", at, message, "give one of them another ip")
                    break


def check_ports(
    report: Report, links: Iterable[ReadLink], bridges: Mapping[str, ReadBridge]
) -> None:
    """What a link says of its port, the bridge's mode must have."""
    for link in links:
        if not link.bridge or not (link.forward or link.vlan or link.isolated):
            continue
        read = bridges.get(link.bridge)
        if read and kinds.rules(link.kind).joins and not (link.near.merged.partial or read.partial):
            _check_port(report, link, read)


def _check_port(report: Report, link: ReadLink, read: ReadBridge) -> None:
    bridge, fields = read.bridge, link.near.merged.fields
    rules = modes.rules(bridge.mode)
    for key in link.port_keys():
        if key not in rules.port_keys:
            message = f"{key} needs a bridge of mode {' or '.join(modes.modes_with(key))}"
            message = f"{message}; {bridge.name} is of mode {bridge.mode}, at {read.at}"
            report.error("key-not-for-mode", fields[key].key_at, message)
    if link.vlan is not None and bridge.vlan_filtering is False and "vlan_filtering" in rules.knobs:
        at = read.fields["vlan_filtering"].at
        message = f"vlan needs vlan_filtering, which bridge {bridge.name} has off, at {at}"
        report.error("bad-vlan", fields["vlan"].key_at, message)


def check_room(
    report: Report,
    links: Iterable[ReadLink],
    tunnels: Sequence[Tunnel],
    bridges: Mapping[str, ReadBridge],
) -> None:
    """How many ends a bridge of its mode may have: links, replicas counted, and tunnels."""
    ends: dict[str, int] = {}
    for link in links:
        if link.bridge:
            ends[link.bridge] = ends.get(link.bridge, 0) + link.near.replicas
    for tunnel in tunnels:
        ends[tunnel.bridge] = ends.get(tunnel.bridge, 0) + 1
    for name, read in bridges.items():
        report.add(modes.rules(read.bridge.mode).check_ends(read.bridge, ends.get(name, 0)))
