"""What is said of a bridge, by name and in a list."""

from __future__ import annotations

from dataclasses import replace

from tests.keys.row import HUB, Ask, Hand, Row, cidrs, link, matches
from tests.keys.shapes import AUTOMATIC, AUTOMATIC_LISTED, LAN, LISTED

_TO_B = Ask(HUB, "tc filter show dev a-eth0 ingress", matches(r"Redirect to device ([\w-]+)"))


def knob(key: str, before: object, after: object, told: tuple[object, object], name: str) -> Row:
    return Row(
        key,
        {key: before},
        {key: after},
        link(f"linkinfo.info_data.{name}", HUB, "lan"),
        told,
        Hand(HUB, f"ip link set lan type bridge {name} {told[0]}"),
    )


OF_BOTH_FORMS = (
    Row(
        "mode",
        {"mode": "linux"},
        {"mode": "patch"},
        _TO_B,
        ([], ["b-eth0"]),
        Hand(HUB, "tc filter del dev a-eth0 ingress"),
    ),
    Row(
        "mode",
        {"mode": "patch"},
        {"mode": "linux"},
        link("master", HUB, "a-eth0"),
        (None, "lan"),
        Hand(HUB, "ip link delete lan"),
    ),
    knob("stp", False, True, (0, 1), "stp_state"),
    knob("mcast_snooping", True, False, (1, 0), "mcast_snooping"),
    knob("group_fwd_mask", 8, 16384, ("0x8", "0x4000"), "group_fwd_mask"),
    Row(
        "mtu",
        {"mtu": 1400},
        {"mtu": 1300},
        link("mtu", HUB, "lan"),
        (1400, 1300),
        Hand(HUB, "ip link set lan mtu 1290"),
    ),
)
OF_SUBNETS = (
    Row(
        "subnet",
        {"subnet": "10.5.0.0/24"},
        {"subnet": "10.6.0.0/24"},
        cidrs(4),
        (["10.5.0.1/24"], ["10.6.0.1/24"]),
        Hand("NODE", "ip addr del 10.6.0.1/24 dev eth0"),
        second=(["10.5.0.2/24"], ["10.6.0.2/24"]),
        required=True,
    ),
    Row(
        "subnet",
        {"subnet": ["10.5.0.0/24", "fd05::/64"]},
        {"subnet": ["10.5.0.0/24", "fd06::/80"]},
        cidrs(6),
        (["fd05::1/64"], ["fd06::1/80"]),
        Hand("NODE", "ip -6 addr flush dev eth0 scope global"),
        second=(["fd05::2/64"], ["fd06::2/80"]),
        required=True,
    ),
)
OF_A_LIST = (
    Row(
        "listedBridge.bridge",
        {"bridge": "lan"},
        {"bridge": "lan2"},
        link("master", HUB, "a-eth0"),
        ("lan", "lan2"),
        Hand(HUB, "ip link delete lan2"),
        on=(LISTED,),
        required=True,
    ),
)


def of_both_forms(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """By name, and in a list."""
    return tuple(
        row.called(f"{kind}.{row.key}", (shape,))
        for kind, shape in (("bridge", LAN), ("listedBridge", LISTED))
        for row in rows
    )


ROWS = (
    *of_both_forms(OF_BOTH_FORMS),
    *(replace(row, key=f"bridge.{row.key}", on=(AUTOMATIC,)) for row in OF_SUBNETS),
    *(replace(row, key=f"listedBridge.{row.key}", on=(AUTOMATIC_LISTED,)) for row in OF_SUBNETS),
    *OF_A_LIST,
)
