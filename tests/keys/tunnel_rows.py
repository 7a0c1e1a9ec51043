"""What is said of a tunnel; geneve and netem are asked of a kernel that has them."""

from __future__ import annotations

from tests.keys.row import HUB, Ask, Hand, Row, link
from tests.keys.shapes import TUNNEL

VXLAN = "ip -j -d link show type vxlan"


def _row(key: str, before: object, after: object, wanted: str, away: str, **more: bool) -> Row:
    ask = Ask(HUB, VXLAN, f"0.linkinfo.info_data.{wanted}")
    told = (before, after)
    return Row(
        f"tunnel.{key}", {key: before}, {key: after}, ask, told, Hand(HUB, away), (TUNNEL,), **more
    )


def _retold(kind: str, number: int, remote: str) -> str:
    return f"ip link set {kind}{number} type {kind} id {number} remote {remote}"


ROWS = (
    _row("remote", "192.0.2.2", "192.0.2.3", "remote", _retold("vxlan", 7, "192.0.2.9")),
    Row(
        "tunnel.remote",
        {"remote": "2001:db8::2"},
        {"remote": "2001:db8::3"},
        link("linkinfo.info_data.remote6", HUB, "vxlan7v6"),
        ("2001:db8::2", "2001:db8::3"),
        Hand(HUB, "ip link del vxlan7v6"),
        on=(TUNNEL,),
        required=True,
    ),
    _row("vni", 8, 9, "id", "ip link del vxlan9", anew=True, required=True),
    _row("port", 4789, 4790, "port", "ip link del vxlan7", anew=True),
    Row(
        "tunnel.bridge",
        {"bridge": "lan"},
        {"bridge": "other"},
        link("master", HUB, "vxlan7"),
        ("lan", "other"),
        Hand(HUB, "ip link set vxlan7 nomaster"),
        on=(TUNNEL,),
        required=True,
    ),
    Row(
        "tunnel.netem",
        {"netem": "rate 10mbit"},
        {"netem": "rate 20mbit"},
        Ask(HUB, "tc -j qdisc show dev vxlan7", "0.options.rate"),
        (1_250_000, 2_500_000),
        Hand(HUB, "tc qdisc del dev vxlan7 root"),
        on=(TUNNEL,),
    ),
)
