"""What lies in the hub must not meet: names of interfaces, forwarded ports, ends of a bridge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from conlink_compose.diagnostics import Span
from conlink_compose.language.bridges import ReadBridge
from conlink_compose.language.links import VETH, ReadLink
from conlink_compose.language.notes import Notes
from conlink_compose.topology import Tunnel

MOST_PORTS = 1023
"""BR_MAX_PORTS of the kernel's net/bridge, less the number 0; the next one fails with EXFULL."""


def check_hub_names(
    notes: Notes, links: Iterable[ReadLink], bridges: Mapping[str, ReadBridge]
) -> None:
    """Outer ends: one name for one interface, and no bridge's."""
    seen: dict[str, Span] = {}
    for link in links:
        if link.kind != VETH or link.outer is None:
            continue
        at = link.near.place("outer-dev")
        first = seen.setdefault(link.outer, at)
        if link.near.replicas > 1:
            message = f"the {link.near.replicas} replicas of {link.near.owner} cannot share one"
            help_ = "leave outer-dev out: each gets a name of its own"
            notes.error("outer-dev-scaled", at, f"{message} outer-dev", help_)
        if first is not at:
            message = f"there is an outer-dev {link.outer} already, at {first}"
            notes.error("outer-dev-twice", at, message)
        if link.outer in bridges:
            where = bridges[link.outer].at
            message = f"{link.outer} is the name of a bridge, at {where}"
            notes.error("outer-dev-twice", at, message)


def check_forwards(notes: Notes, links: Iterable[ReadLink]) -> None:
    """One outer port, one destination, for each protocol; replicas counted."""
    seen: dict[tuple[str, int], Span] = {}
    for link in links:
        for forward in link.forward:
            at = forward.span or link.near.draft.at
            for port in range(forward.outer, forward.outer + link.near.replicas):
                first = seen.setdefault((forward.protocol, port), at)
                if first is not at:
                    who = f"port {port}/{forward.protocol}"
                    if link.near.replicas > 1:
                        who += f" for replica {port - forward.outer + 1} of {link.near.owner}"
                    notes.error("port-twice", at, f"{who} is forwarded already, at {first}")
                    break


def check_ports(notes: Notes, links: Iterable[ReadLink], bridges: Mapping[str, ReadBridge]) -> None:
    """What a link asks of its bridge, the bridge's mode must have."""
    for link in links:
        read = bridges.get(link.bridge) if link.bridge else None
        if read is None or link.kind != VETH or link.near.draft.partial or read.partial:
            continue
        mode = read.bridge.mode
        asked = (
            ("forward", bool(link.forward), ("linux", "ovs", "auto")),
            ("vlan", link.vlan is not None, ("linux", "ovs", "auto")),
            ("isolated", link.isolated, ("linux", "auto")),
        )
        for key, said, modes in asked:
            if said and mode not in modes:
                message = f"{key} needs a bridge of mode {' or '.join(modes[:-1])}"
                message = f"{message}; {read.bridge.name} is of mode {mode}, at {read.at}"
                notes.error("key-not-for-mode", link.near.draft.fields[key].key_at, message)
        if link.vlan is not None and read.bridge.vlan_filtering is False and mode != "ovs":
            at = read.fields["vlan_filtering"].at
            message = f"vlan needs vlan_filtering, which bridge {read.bridge.name} has off, at {at}"
            notes.error("bad-vlan", link.near.draft.fields["vlan"].key_at, message)


def check_ends(
    notes: Notes,
    links: Iterable[ReadLink],
    tunnels: Sequence[Tunnel],
    bridges: Mapping[str, ReadBridge],
) -> None:
    """A patch has two ends, a linux bridge room for so many: links, replicas counted, and
    tunnels."""
    ends: dict[str, int] = {}
    for link in links:
        if link.bridge:
            ends[link.bridge] = ends.get(link.bridge, 0) + link.near.replicas
    for tunnel in tunnels:
        ends[tunnel.bridge] = ends.get(tunnel.bridge, 0) + 1
    for name, read in bridges.items():
        count = ends.get(name, 0)
        if read.bridge.mode == "patch" and count != 2:
            message = f"a patch has two ends; {name} has {count or 'none'}"
            help_ = "replicas count; mode: linux or ovs joins any number"
            notes.error("patch-ends", read.at, message, help_)
        if read.bridge.mode == "linux" and count > MOST_PORTS:
            message = f"a bridge of mode linux has {MOST_PORTS} ports; {name} needs {count}"
            notes.error("bridge-full", read.at, message, "mode: ovs has room for more")


def check_parents(
    notes: Notes, links: Iterable[ReadLink], bridges: Mapping[str, ReadBridge]
) -> None:
    """An MTU is not above the parent's, where the parent is ours and its MTU said."""
    links = list(links)
    parents = {name: (read.bridge.mtu, read.at) for name, read in bridges.items()}
    for link in links:
        if link.kind == VETH and link.outer:
            parents[link.outer] = (link.near.mtu, link.near.place("mtu"))
    for link in links:
        if link.kind == VETH or link.outer is None or link.near.mtu is None:
            continue
        most, at = parents.get(link.outer, (None, None))
        if most is not None and link.near.mtu > most:
            message = f"mtu {link.near.mtu} is above the {most} of its parent {link.outer}, at {at}"
            notes.error("mtu-above-parent", link.near.place("mtu"), message)
