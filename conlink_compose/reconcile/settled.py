"""What of a topology hangs on the machine it is brought up on. Pure."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from conlink_compose import bridges
from conlink_compose.bridges.ovs import is_its_own, may_be_called
from conlink_compose.state import OVS_DATAPATH
from conlink_compose.topology import Bridge, Link, Topology

_WHOLE_FRAMES = ("tx", "off")
"""As `ethtool` is told it."""


def settled(topology: Topology, *, has_ovs: bool) -> Topology:
    """The same with a mode for each bridge that leaves it open: `ovs` where this machine has Open
    vSwitch with its kernel module loaded, unless it is told what only the kernel's own can."""
    if not has_ovs or not any(bridge.mode == bridges.AUTO for bridge in topology.bridges):
        return topology
    if any(is_its_own(link.outer) for link in topology.links if link.outer):
        return topology  # beside it that end could not be
    isolating = {link.bridge for link in topology.links if link.isolated}
    settle = partial(_settled, isolating=isolating)
    return replace(topology, bridges=tuple(map(settle, topology.bridges)))


def _settled(bridge: Bridge, isolating: set[str | None]) -> Bridge:
    if bridge.mode != bridges.AUTO or bridge.group_fwd_mask or bridge.name in isolating:
        return bridge
    if not may_be_called(bridge.name):
        return bridge
    return replace(bridge, mode="ovs")


def with_checksums(topology: Topology, missing: frozenset[str]) -> Topology:
    """The same where a node whose link leads to an Open vSwitch in userspace finishes its packets
    itself, unless the file says otherwise. The kernel leaves checksums and segmentation to the
    last device on the way; a frame that a program reads on the way has neither, and who gets it
    from there drops it: TCP stands still."""
    switches = {bridge.name for bridge in topology.bridges if bridge.mode == "ovs"}
    if not switches or OVS_DATAPATH not in missing:
        return topology
    return replace(
        topology,
        links=tuple(_whole(link) if link.bridge in switches else link for link in topology.links),
    )


def _whole(link: Link) -> Link:
    end = link.near
    if any(name == "tx" or name.startswith("tx-checksum") for name, _ in end.ethtool):
        return link
    return replace(link, near=replace(end, ethtool=(_WHOLE_FRAMES, *end.ethtool)))
