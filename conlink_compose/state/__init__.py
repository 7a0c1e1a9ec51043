"""What the kernel can hold, as values: a file an object, and what one object asks of all."""

from conlink_compose.state.address import Address
from conlink_compose.state.end import End
from conlink_compose.state.feature import MIRRED, OVS, OVS_DATAPATH, VLAN_FILTERING
from conlink_compose.state.features import Features
from conlink_compose.state.forward import Forward
from conlink_compose.state.forwarding import Forwarding
from conlink_compose.state.interface import FRESH, LONGEST_ALIAS, OVERRIDE, Data, Interface
from conlink_compose.state.loopback import Loopback
from conlink_compose.state.nat import Nat
from conlink_compose.state.netem import Netem
from conlink_compose.state.ovs_bridge import (
    KERNEL_DATAPATH,
    USERSPACE_DATAPATH,
    LocalPort,
    OvsBridge,
)
from conlink_compose.state.ovs_port import OvsPort
from conlink_compose.state.packet_rule import PacketRule
from conlink_compose.state.plan import Operation, Plan, State
from conlink_compose.state.port_vlans import DEFAULT_VLAN, PortVlans
from conlink_compose.state.prefix_route import PrefixRoute
from conlink_compose.state.qdisc import Qdisc, Stage
from conlink_compose.state.ready import READY, Ready
from conlink_compose.state.redirect import Redirect
from conlink_compose.state.route import Route
from conlink_compose.state.rule_table import RuleTable
from conlink_compose.state.sysctl import Sysctl
from conlink_compose.state.tbf import Tbf
from conlink_compose.state.thing import (
    HUB,
    MACHINE,
    OUT_OF_REACH,
    PROTOCOL,
    Conflict,
    Key,
    Phase,
    Step,
    Thing,
    Verb,
)

__all__ = [
    "DEFAULT_VLAN",
    "FRESH",
    "HUB",
    "KERNEL_DATAPATH",
    "LONGEST_ALIAS",
    "MACHINE",
    "MIRRED",
    "OUT_OF_REACH",
    "OVERRIDE",
    "OVS",
    "OVS_DATAPATH",
    "PROTOCOL",
    "READY",
    "USERSPACE_DATAPATH",
    "VLAN_FILTERING",
    "Address",
    "Conflict",
    "Data",
    "End",
    "Features",
    "Forward",
    "Forwarding",
    "Interface",
    "Key",
    "LocalPort",
    "Loopback",
    "Nat",
    "Netem",
    "Operation",
    "OvsBridge",
    "OvsPort",
    "PacketRule",
    "Phase",
    "Plan",
    "PortVlans",
    "PrefixRoute",
    "Qdisc",
    "Ready",
    "Redirect",
    "Route",
    "RuleTable",
    "Stage",
    "State",
    "Step",
    "Sysctl",
    "Tbf",
    "Thing",
    "Verb",
]
