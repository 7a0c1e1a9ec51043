"""What is said of a link alone: who has it, what it is joined to, and its port."""

from __future__ import annotations

from tests.keys.end_rows import GONE
from tests.keys.row import HUB, Ask, Hand, Row, link, matches
from tests.keys.shapes import (
    BRIDGE,
    JOINED,
    PARENT,
    PORTS,
    REPLICAS,
    TOP,
    WIRE,
)

_PORTS = r"(?:udp|tcp) dport \d+ dnat {} to \S+"
_FOUR = Ask(HUB, "nft list ruleset", matches(_PORTS.format("ip")))
_SIX = Ask(HUB, "nft list ruleset", matches(_PORTS.format("ip6")))
_FLUSH = Hand(HUB, "nft flush ruleset")

FORWARDS = (
    Row(
        "link.forward",
        {"forward": "8080:80/tcp"},
        {"forward": "8090:81/udp"},
        _FOUR,
        (["tcp dport 8080 dnat ip to 10.0.0.1:80"], ["udp dport 8090 dnat ip to 10.0.0.1:81"]),
        _FLUSH,
        on=(BRIDGE,),
    ),
    Row(
        "link.forward",
        {"forward": "8080:80"},
        {"forward": ["8080:81"]},
        _SIX,
        tuple(
            [f"tcp dport 808{i} dnat ip6 to [fd00::1{i + 1}]:{inner}" for i in range(2)]
            for inner in (80, 81)
        ),
        _FLUSH,
        on=(REPLICAS,),
    ),
)

OF_LINKS = (
    Row(
        "link.bridge",
        {"bridge": "lan"},
        {"bridge": "other"},
        link("master", HUB, "OUTER"),
        ("lan", "other"),
        Hand(HUB, "ip link set OUTER nomaster"),
        on=PORTS,
        required=True,
    ),
    Row(
        "link.mtu",
        {"mtu": 1400},
        {"mtu": 9000},
        link("mtu", HUB, "OUTER"),
        (1400, 9000),
        Hand(HUB, "ip link set OUTER mtu 1300"),
        on=PORTS,
    ),
    Row(
        "link.mtu",
        {"mtu": 1400},
        {"mtu": 9000},
        link("mtu", "b"),
        (1400, 9000),
        Hand("b", "ip link set eth0 mtu 1300"),
        on=(WIRE,),
    ),
    Row(
        "link.outer-dev",
        {"outer-dev": "x1"},
        {"outer-dev": "x2"},
        link("ifname", HUB, "x2"),
        (None, "x2"),
        Hand(HUB, "ip link delete x2"),
        on=(BRIDGE,),
        anew=True,
    ),
    Row(
        "link.isolated",
        {"isolated": False},
        {"isolated": True},
        Ask(HUB, "bridge -j -d link show dev OUTER", "0.isolated"),
        (False, True),
        Hand(HUB, "bridge link set dev OUTER isolated off"),
        on=PORTS,
    ),
    *FORWARDS,
)

ON_A_PARENT = (
    Row(
        "link.type",
        {"type": "macvlan"},
        {"type": "macvtap"},
        link("linkinfo.info_kind"),
        ("macvlan", "macvtap"),
        GONE,
        on=(PARENT,),
        anew=True,
        required=True,
    ),
    Row(
        "link.mode",
        {"mode": "vepa"},
        {"mode": "private"},
        link("linkinfo.info_data.mode"),
        ("vepa", "private"),
        Hand("NODE", "ip link set eth0 type macvlan mode bridge"),
        on=(PARENT,),
    ),
    Row(
        "link.outer-dev",
        {"outer-dev": "other"},
        {"outer-dev": "lan"},
        Ask("NODE", "ping -c1 -W1 10.0.0.2", bool),
        (None, True),
        GONE,
        on=(PARENT,),
        anew=True,
        required=True,
    ),
)

_X1 = Ask(
    HUB,
    "ip -j link show",
    lambda found: sorted(one["ifname"] for one in found if one["ifname"].endswith("-x1")),
)
OF_WHOM = tuple(
    Row(
        f"link.{key}",
        {key: before},
        {key: after},
        _X1,
        (told_before, told_after),
        Hand(HUB, f"ip link delete {told_after[0]}"),
        on=(TOP,),
        anew=True,
        required=True,
    )
    for key, before, after, told_before, told_after in (
        ("host", "a", "b", ["a-x1"], ["b-x1"]),
        ("service", "n", "m", ["n_1-x1", "n_2-x1"], ["m_1-x1"]),
        ("container", "n-1", "n-2", ["n_1-x1"], ["n_2-x1"]),
    )
)
TO_WHOM = tuple(
    Row(
        key,
        before,
        after,
        link("ifname", node, dev),
        (None, dev),
        Hand(node, f"ip link delete {dev}"),
        on=(shape,),
        anew=True,
        required=True,
    )
    for key, shape, before, after, node, dev in (
        ("peer.host", JOINED, {"host": "b"}, {"host": "e"}, "e", "eth0"),
        ("peer.service", JOINED, {"host": "b"}, {"service": "m"}, "m-1", "eth0"),
        ("peer.container", JOINED, {"host": "b"}, {"container": "n-2"}, "n-2", "eth0"),
        (
            "link.endpoints",
            TOP,
            {"bridge": None, "dev": None, "endpoints": ["a:w", "b:w"]},
            {"bridge": None, "dev": None, "endpoints": ["a:w", "container:n-2:v"]},
            "n-2",
            "v",
        ),
        (
            "link.peer",
            TOP,
            {"bridge": None, "host": "a", "peer": {"host": "b"}},
            {"bridge": None, "host": "a", "peer": {"container": "n-2", "dev": "v"}},
            "n-2",
            "v",
        ),
    )
)

ROWS = (
    *OF_LINKS,
    *ON_A_PARENT,
    *OF_WHOM,
    *TO_WHOM,
)
