"""What Open vSwitch has."""

from __future__ import annotations

from collections.abc import Mapping

from conlink_compose.state import HUB, Interface, LocalPort, OvsBridge, OvsPort, PortVlans
from tests.state.case import COMES, IN_PLACE, OURS, ByHand, Case

_ASK = "ovs-vsctl --db=unix:$OVS_RUNDIR/db.sock"

OVS: Mapping[str, Case] = {
    "ovs-bridge": Case(
        OvsBridge,
        ("ovs-bridge", HUB, "lan"),
        f"{_ASK} list bridge lan | grep -E 'datapath_type|mcast_snooping_enable|^stp_enable'; "
        f"{_ASK} list-ports lan | sort; ip -br link show lan | cut -d' ' -f1",
        drift=ByHand(f"{_ASK} set bridge lan stp_enable=true", {"stp": True}),
        taken=ByHand(f"{_ASK} del-br lan"),
        foreign=ByHand(
            "ip link add lan type dummy",
            things=(Interface(HUB, "lan", "dummy", owned=False),),
        ),
        never={"replace": IN_PLACE},
        lane="kernel",
    ),
    "ovs-port": Case(
        OvsPort,
        ("ovs-port", HUB, "a-eth0"),
        f"{_ASK} --columns=tag,trunks,vlan_mode list port a-eth0; {_ASK} port-to-br a-eth0",
        drift=ByHand(
            f"{_ASK} set port a-eth0 tag=11",
            {"vlans": PortVlans(HUB, "a-eth0", 11, (11,))},
        ),
        taken=ByHand(f"{_ASK} del-port a-eth0"),
        never={"replace": IN_PLACE, "conflict": OURS},
        lane="kernel",
    ),
    "local-port": Case(
        LocalPort,
        ("interface", HUB, "lan"),
        "ip link show lan | grep -o '<.*>'",
        drift=ByHand("ip link set lan down", {"up": False}),
        never={
            "add": COMES,
            "remove": COMES,
            "change": "it is up, and never declared otherwise",
            "replace": IN_PLACE,
            "taken away": "its bridge alone can take it away",
            "conflict": "its bridge tells",
        },
        lane="kernel",
    ),
}
