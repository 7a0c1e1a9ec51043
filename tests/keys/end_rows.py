"""What is said of either end of a wire, and of a link to a bridge."""

from __future__ import annotations

from tests.keys.row import Ask, Hand, Row, cidrs, flag, link, matches, names
from tests.keys.shapes import FAR_SIDE, NEAR

GONE = Hand("NODE", "ip link delete eth0")

OF_BOTH_ENDS = (
    Row(
        "ip",
        {"ip": "10.0.0.21/24"},
        {"ip": "10.0.0.31/24"},
        cidrs(4),
        (["10.0.0.21/24"], ["10.0.0.31/24"]),
        Hand("NODE", "ip addr del 10.0.0.31/24 dev eth0"),
        second=(["10.0.0.22/24"], ["10.0.0.32/24"]),
    ),
    Row(
        "ip",
        {"ip": "fd00::21/64"},
        {"ip": "fd00::31/80"},
        cidrs(6),
        (["fd00::21/64"], ["fd00::31/80"]),
        Hand("NODE", "ip addr flush dev eth0"),
        second=(["fd00::22/64"], ["fd00::32/80"]),
    ),
    Row(
        "ip",
        {"ip": ["10.0.0.21/24", "fd00::21/64"]},
        {"ip": ["10.0.0.21/25", "fd00::21/80"]},
        cidrs(6),
        (["fd00::21/64"], ["fd00::21/80"]),
        GONE,
        second=(["fd00::22/64"], ["fd00::22/80"]),
    ),
    Row(
        "mac",
        {"mac": "02:00:00:00:01:01"},
        {"mac": "02:00:00:00:02:01"},
        link("address"),
        ("02:00:00:00:01:01", "02:00:00:00:02:01"),
        Hand("NODE", "ip link set eth0 address 02:00:00:00:09:09"),
        second=("02:00:00:00:01:02", "02:00:00:00:02:02"),
    ),
    Row(
        "mtu",
        {"mtu": 1400},
        {"mtu": 9000},
        link("mtu"),
        (1400, 9000),
        Hand("NODE", "ip link set eth0 mtu 1300"),
    ),
    Row(
        "route",
        {"route": "10.9.0.0/16 via 10.0.0.2"},
        {"route": "10.9.0.0/16 via 10.0.0.3"},
        Ask("NODE", "ip -j -4 route show 10.9.0.0/16", "0.gateway"),
        ("10.0.0.2", "10.0.0.3"),
        Hand("NODE", "ip route del 10.9.0.0/16"),
    ),
    Row(
        "route",
        {"route": "fd09::/64 via fd00::2"},
        {"route": ["fd09::/64 via fd00::3", "default via fd00::2"]},
        Ask("NODE", "ip -j -6 route show fd09::/64", "0.gateway"),
        ("fd00::2", "fd00::3"),
        Hand("NODE", "ip -6 route flush table main"),
    ),
    Row(
        "netem",
        {"netem": "rate 10mbit"},
        {"netem": "rate 20mbit"},
        Ask("NODE", "tc -j qdisc show dev eth0", "0.options.rate"),
        (1_250_000, 2_500_000),
        Hand("NODE", "tc qdisc del dev eth0 root"),
    ),
    Row(
        "nat",
        {"nat": "10.0.0.2"},
        {"nat": "10.0.0.3"},
        Ask("NODE", "nft list ruleset", matches(r"dnat ip to (\S+)")),
        (["10.0.0.2"], ["10.0.0.3"]),
        Hand("NODE", "nft flush ruleset"),
    ),
    Row(
        "nat",
        {"nat": "fd00::2"},
        {"nat": "fd00::3"},
        Ask("NODE", "nft list ruleset", matches(r"dnat ip6 to (\S+)")),
        (["fd00::2"], ["fd00::3"]),
        Hand("NODE", "nft flush ruleset"),
    ),
    Row(
        "ethtool",
        {"ethtool": "--offload tx off gro on"},
        {"ethtool": {"tx": "on", "gro": "on"}},
        Ask("NODE", "ethtool -k eth0", matches(r"(?:tx-checksumming|generic-receive-.*): \w+")),
        (
            ["generic-receive-offload: on", "tx-checksumming: off"],
            ["generic-receive-offload: on", "tx-checksumming: on"],
        ),
        Hand("NODE", "ethtool -K eth0 tx off gro off"),
    ),
    Row(
        "up",
        {"up": False},
        {"up": True},
        Ask("NODE", "ip -j link show dev eth0", flag("UP")),
        (False, True),
        Hand("NODE", "ip link set eth0 down"),
    ),
    Row(
        "up",
        {"up": True},
        {"up": False},
        Ask("NODE", "ip -j link show dev eth0", flag("UP")),
        (True, False),
        Hand("NODE", "ip link set eth0 up"),
    ),
    Row(
        "dev",
        {"dev": "eth0"},
        {"dev": "x9"},
        names("NODE", "veth"),
        (["eth0"], ["x9"]),
        Hand("NODE", "ip link delete x9"),
        anew=True,
    ),
)

ROWS = (
    *(row.called(f"link.{row.key}", NEAR) for row in OF_BOTH_ENDS),
    *(row.called(f"peer.{row.key}", FAR_SIDE) for row in OF_BOTH_ENDS),
)
