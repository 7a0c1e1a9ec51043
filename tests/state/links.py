"""Interfaces beside the kinds of links, and what lies on any interface."""

from __future__ import annotations

from collections.abc import Mapping

from conlink_compose.state import (
    HUB,
    Address,
    Features,
    Interface,
    Loopback,
    Netem,
    PortVlans,
    PrefixRoute,
    Qdisc,
    Ready,
    Redirect,
    Route,
)
from tests.state.case import BARE, COMES, IN_PLACE, OURS, ByHand, Case

LINKS: Mapping[str, Case] = {
    "bridge": Case(
        Interface,
        ("interface", HUB, "lan"),
        "ip -d link show lan | grep -o 'stp_state [01]'; ls -d /sys/class/net/lan/brif/*",
        drift=ByHand("ip link set lan type bridge stp_state 1", {"data": (("stp", True),)}),
        taken=ByHand("ip link delete lan"),
        foreign=ByHand(
            "ip link add lan type bridge",
            things=(Interface(HUB, "lan", "bridge", owned=False),),
        ),
        never={"replace": IN_PLACE},
    ),
    "tunnel": Case(
        Interface,
        ("interface", HUB, "vxlan7"),
        "ip -d link show vxlan7 | grep -oE 'id 7|remote [^ ]+|dstport [0-9]+|master lan'",
        drift=ByHand("ip link set vxlan7 nomaster", {"master": "", "isolated": None}),
        taken=ByHand("ip link delete vxlan7"),
        foreign=ByHand(
            "ip link add vxlan7 type dummy || ip link add vxlan7 type ifb",
            things=(Interface(HUB, "vxlan7", "ifb", owned=False),),
        ),
    ),
    "address": Case(
        Address,
        ("address", "a", "eth0", "10.0.0.1/24"),
        "ip -4 -br addr show dev eth0",
        taken=ByHand("ip addr delete 10.0.0.1/24 dev eth0"),
        foreign=ByHand(
            "ip addr add 10.0.0.1/24 dev eth0",
            things=(Address("a", "eth0", "10.0.0.1/24", owned=False),),
        ),
        never={"change": BARE, "replace": BARE, "drift": BARE},
    ),
    "route": Case(
        Route,
        ("route", "a", "254", "192.168.0.0/16", "0"),
        "ip route show 192.168.0.0/16",
        drift=ByHand("ip route replace 192.168.0.0/16 via 10.0.0.7 proto 193", {"via": "10.0.0.7"}),
        taken=ByHand("ip route delete 192.168.0.0/16"),
        foreign=ByHand(
            "ip route add 192.168.0.0/16 via 10.0.0.7",
            things=(Route("a", "eth0", "192.168.0.0/16", "10.0.0.7", owned=False),),
        ),
        never={"replace": IN_PLACE},
    ),
    "prefix-route": Case(
        PrefixRoute,
        ("prefix-route", "a", "eth0", "10.0.0.0/24"),
        "ip route show 10.0.0.0/24",
        taken=ByHand("ip route delete 10.0.0.0/24", {"there": False, "src": "10.0.0.1"}),
        foreign=ByHand(
            "ip route delete 10.0.0.0/24; ip route add 10.0.0.0/24 via 10.0.0.7 dev eth0 onlink",
            {"there": False},
            (Route("a", "eth0", "10.0.0.0/24", "10.0.0.7", onlink=True, owned=False),),
        ),
        never={
            "add": COMES,
            "remove": COMES,
            "change": COMES,
            "replace": COMES,
            "drift": "with another metric it is another route, and this one is gone",
        },
    ),
    "loopback": Case(
        Loopback,
        ("loopback", "a"),
        "ip link show lo | grep -o '<.*>'",
        drift=ByHand("ip link set lo down", {"up": False}),
        never={
            "add": COMES,
            "remove": COMES,
            "change": "it is up, and never declared otherwise",
            "replace": IN_PLACE,
            "taken away": "nobody can delete it",
            "conflict": OURS,
        },
    ),
    "ready": Case(
        Ready,
        ("ready", "a"),
        "ip link show lo | grep alias",
        taken=ByHand("ip link set lo alias ''"),
        never={
            "add": "it comes when a look has shown that nothing else is left to do, as below",
            "remove": "nothing takes it back",
            "change": BARE,
            "replace": BARE,
            "drift": BARE,
            "conflict": OURS,
        },
    ),
    "features": Case(
        Features,
        ("features", "a", "eth0"),
        "ethtool -k eth0 | grep tx-checksumming; ip link show eth0 | grep altname",
        undeclared=(Features("a", "eth0", (("tx", True),)),),
        drift=ByHand(
            "ethtool -K eth0 tx on", {"values": (("tx", True),), "before": (("tx", True),)}
        ),
        never={
            "replace": IN_PLACE,
            "taken away": "every interface has some",
            "conflict": OURS,
        },
        done={"add": ("change",)},  # of what it has
    ),
    "qdisc": Case(
        Qdisc,
        ("qdisc", "a", "eth0"),
        "tc qdisc show dev eth0 | sed 's/ seed [0-9]*//'",
        drift=ByHand(
            "tc qdisc change dev eth0 root handle 636c: netem delay 50ms limit 1000",
            {"stages": (Netem(delay=50_000_000, limit=1000),)},
        ),
        taken=ByHand("tc qdisc delete dev eth0 root"),
        never={
            "replace": IN_PLACE,
            "conflict": "what somebody put in its place is not seen, and gives way",
        },
        lane="kernel",
    ),
    "port-vlans": Case(
        PortVlans,
        ("port-vlans", HUB, "a-eth0"),
        "bridge vlan show dev a-eth0",
        drift=ByHand("bridge vlan add vid 77 dev a-eth0", {"tagged": (77,)}),
        taken=ByHand(
            "bridge vlan delete vid 20 dev a-eth0", {"pvid": 0, "untagged": (), "tagged": ()}
        ),
        never={"replace": IN_PLACE, "conflict": OURS},
        done={
            "add": ("change",),
            "remove": ("change",),
            "taken away": ("change",),
        },  # of what it has
        lane="kernel",
    ),
    "redirect": Case(
        Redirect,
        ("redirect", HUB, "a-eth0"),
        "tc filter show dev a-eth0 ingress | grep -o 'device [^)]*'",
        drift=ByHand(
            "tc filter replace dev a-eth0 ingress pref 193 protocol all handle 800::800 "
            "u32 match u32 0 0 action mirred egress redirect dev c-eth0",
            {"to": "c-eth0"},
        ),
        taken=ByHand("tc filter delete dev a-eth0 ingress"),
        never={
            "replace": IN_PLACE,
            "conflict": "it stands beside what somebody else filters there",
        },
    ),
}
