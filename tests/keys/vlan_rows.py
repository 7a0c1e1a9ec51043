"""VLANs and kinds of link, for a kernel that has them."""

from __future__ import annotations

from typing import Any

from tests.keys.bridge_rows import knob, of_both_forms
from tests.keys.end_rows import GONE
from tests.keys.row import HUB, Ask, Hand, Row, link
from tests.keys.shapes import BRIDGE, PARENT, PORTS, TUNNEL


def _vlans(found: Any) -> list[str]:
    """As `bridge vlan` tells them: `10 PVID Egress Untagged`."""
    return [
        " ".join([str(vlan["vlan"]), *vlan.get("flags", ())])
        for one in found
        for vlan in one["vlans"]
    ]


_ASK = Ask(HUB, "bridge -j vlan show dev OUTER", _vlans)
_OWN = "{} PVID Egress Untagged"

OF_PORTS = (
    Row(
        "link.vlan link.vlan.access",
        {"vlan": 10},
        {"vlan": {"access": 20}},
        _ASK,
        ([_OWN.format(10)], [_OWN.format(20)]),
        Hand(HUB, "bridge vlan del vid 20 dev OUTER"),
        on=PORTS,
    ),
    Row(
        "link.vlan.trunk link.vlan.native",
        {"vlan": {"trunk": [10, 11], "native": 30}},
        {"vlan": {"trunk": [10, 12], "native": 40}},
        _ASK,
        (["10", "11", _OWN.format(30)], ["10", "12", _OWN.format(40)]),
        Hand(HUB, "bridge vlan del vid 40 dev OUTER"),
        on=(BRIDGE,),
    ),
)
OF_KINDS = (
    Row(
        "link.vlanid",
        {"type": "vlan", "vlanid": 5},
        {"type": "vlan", "vlanid": 6},
        link("linkinfo.info_data.id"),
        (5, 6),
        GONE,
        on=(PARENT,),
        anew=True,
        required=True,
    ),
    Row(
        "link.type",
        {"type": "dummy", "outer-dev": None},
        {"type": "ipvlan"},
        link("linkinfo.info_kind"),
        ("dummy", "ipvlan"),
        GONE,
        on=(PARENT,),
        anew=True,
        required=True,
    ),
    Row(
        "link.mode",
        {"type": "ipvlan", "mode": "l2"},
        {"type": "ipvlan", "mode": "l3"},
        link("linkinfo.info_data.mode"),
        ("l2", "l3"),
        Hand("NODE", "ip link set eth0 type ipvlan mode l3s"),
        on=(PARENT,),
        required=True,
    ),
)
TUNNELS = (
    Row(
        "tunnel.type",
        {"type": "vxlan"},
        {"type": "geneve"},
        link("linkinfo.info_data.id", HUB, "geneve7"),
        (None, 7),
        Hand(HUB, "ip link del geneve7"),
        on=(TUNNEL,),
        anew=True,
        required=True,
    ),
)

ROWS = (
    *of_both_forms((knob("vlan_filtering", False, True, (0, 1), "vlan_filtering"),)),
    *OF_PORTS,
    *OF_KINDS,
    *TUNNELS,
)
