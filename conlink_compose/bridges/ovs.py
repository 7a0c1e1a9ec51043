"""A bridge of Open vSwitch: the kernel's datapath where its module is there, else its own program
passes the frames (userspace)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conlink_compose.bridges import KNOBS, BoundBridge, Port, Rules, vlans_of
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.state import (
    DEFAULT_VLAN,
    HUB,
    KERNEL_DATAPATH,
    OVS,
    OVS_DATAPATH,
    USERSPACE_DATAPATH,
    LocalPort,
    OvsBridge,
    OvsPort,
    Thing,
)
from conlink_compose.topology import Bridge

RULES = Rules(
    frozenset(("forward", "vlan")),
    knobs=KNOBS - {"group_fwd_mask"},
)

OWN = frozenset(("ovs-system", "ovs-netdev"))
"""The names of its own interfaces, beside those of the bridges."""
_OWN_FIRST = ("genev_sys", "gre_sys", "vxlan_sys", "lisp_sys", "erspan_sys", "gtpu_sys")

IS_INTERFACE = True

ENSLAVES = False


def is_its_own(name: str) -> bool:
    """Whether no port may be called so (lib/netdev.c, netdev_is_reserved_name, of Open vSwitch)."""
    return name in OWN or name.startswith(_OWN_FIRST)


def may_be_called(name: str) -> bool:
    """A bridge: not as its own interfaces, nor as a path (vswitchd/bridge.c)."""
    return "\\" not in name and not is_its_own(name)


def check_name(name: str, at: Span) -> Iterator[Diagnostic]:
    if not may_be_called(name):
        message = f'a bridge of mode ovs cannot be called "{name}": Open vSwitch refuses it'
        yield Diagnostic("bad-name", message, at, "choose another name, or mode: linux")


def check_outer(name: str, bridge: Bridge, at: Span) -> Iterator[Diagnostic]:
    """Of any outer end in the hub that `bridge` is in."""
    if is_its_own(name):
        message = f'outer-dev cannot be "{name}": Open vSwitch has it for itself'
        where = f"bridge {bridge.name} is of mode ovs, at {bridge.span}"
        yield Diagnostic("bad-name", f"{message}, and {where}", at, "choose another name")


def needs(bridge: Bridge) -> frozenset[str]:
    del bridge
    return frozenset((OVS, OVS_DATAPATH))


def expand(bound: BoundBridge) -> Iterator[Thing]:
    """What the files do not say is as Open vSwitch has it: it listens to nobody's groups."""
    bridge = bound.bridge
    yield OvsBridge(
        HUB,
        bound.name,
        USERSPACE_DATAPATH if OVS_DATAPATH in bound.missing else KERNEL_DATAPATH,
        stp=bool(bridge.stp),
        mcast_snooping=bool(bridge.mcast_snooping),
        vlan=DEFAULT_VLAN if bridge.vlan_filtering else 0,
        mac=bound.mac,
        mtu=bridge.mtu,
    )
    yield LocalPort(HUB, bound.name, "ovs", up=True)


def on_ports(bound: BoundBridge, ports: Sequence[Port]) -> Iterator[tuple[Thing, Span | None]]:
    """Each of them is told to be one. Without `vlan_filtering` all VLANs pass all ports."""
    vlans = vlans_of(ports) if bound.bridge.vlan_filtering else {}
    for port in ports:
        yield OvsPort(HUB, port.name, bound.name, vlans.get(port.name)), port.span
