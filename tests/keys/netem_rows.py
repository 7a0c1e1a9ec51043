"""The words of netem, for a kernel that has it. How a distribution spreads it tells nobody."""

from __future__ import annotations

from typing import Any

from tests.keys.row import HUB, Ask, Hand, Row
from tests.keys.shapes import BRIDGE, REPLICAS, TUNNEL, WIRE, Shape

AWAY = Hand("NODE", "tc qdisc del dev eth0 root")


def _told(*names: str) -> Any:
    """The kernel holds shares as 32 bits, so tc tells them with a rest."""
    return lambda found: [_rounded(found[0].get("options", {}).get(name)) for name in names]


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: round(one, 4) for name, one in value.items()}
    return value


def _row(
    keys: str,
    said: tuple[dict[str, Any], dict[str, Any]],
    names: tuple[str, ...],
    told: tuple[list[Any], list[Any]],
    on: tuple[Shape, ...] = (WIRE,),
) -> Row:
    return Row(
        " ".join(f"netems.{key}" for key in keys.split()),
        *({"netem": one} for one in said),
        Ask("NODE", "tc -j qdisc show dev eth0", _told(*names)),
        told,
        AWAY,
        on=on,
    )


def _delay(delay: float, jitter: float, correlation: float) -> dict[str, float]:
    return {"delay": delay, "jitter": jitter, "correlation": correlation}


def _share(name: str, share: float, correlation: float) -> dict[str, float]:
    return {name: share, "correlation": correlation}


ROWS = (
    _row(
        "delay jitter correlation",
        (
            {"delay": "20ms", "jitter": "5ms", "correlation": "10%"},
            {"delay": "30ms", "jitter": "6ms", "correlation": "20%"},
        ),
        ("delay",),
        ([_delay(0.02, 0.005, 0.1)], [_delay(0.03, 0.006, 0.2)]),
        on=(WIRE, BRIDGE, REPLICAS),
    ),
    _row(
        "loss duplicate corrupt",
        (
            {"loss": "1%", "duplicate": "2%", "corrupt": "3%"},
            {"loss": "4% 10%", "duplicate": "5% 20%", "corrupt": "6% 30%"},
        ),
        ("loss-random", "duplicate", "corrupt"),
        (
            [_share("loss", 0.01, 0), _share("duplicate", 0.02, 0), _share("corrupt", 0.03, 0)],
            [
                _share("loss", 0.04, 0.1),
                _share("duplicate", 0.05, 0.2),
                _share("corrupt", 0.06, 0.3),
            ],
        ),
    ),
    _row(
        "loss_model rate",
        (
            {"loss_model": "gemodel 2% 10% 70% 0.1%", "rate": "10mbit"},
            {"loss_model": "state 1% 90% 5% 40% 2%", "rate": "20mbit"},
        ),
        ("loss-gemodel", "loss-state", "rate"),
        (
            [
                {"p": 0.02, "r": 0.1, "1-h": 0.7, "1-k": 0.001},
                None,
                {"rate": 1_250_000, "packetoverhead": 0, "cellsize": 0, "celloverhead": 0},
            ],
            [
                None,
                {"p13": 0.01, "p31": 0.9, "p32": 0.05, "p23": 0.4, "p14": 0.02},
                {"rate": 2_500_000, "packetoverhead": 0, "cellsize": 0, "celloverhead": 0},
            ],
        ),
    ),
    _row(
        "reorder gap limit",
        (
            {"delay": "20ms", "reorder": "10%", "gap": 5, "limit": 50},
            {"delay": "20ms", "reorder": "20% 30%", "gap": 6, "limit": 60},
        ),
        ("reorder", "gap", "limit"),
        ([_share("reorder", 0.1, 0), 5, 50], [_share("reorder", 0.2, 0.3), 6, 60]),
    ),
    Row(
        "tunnel.netem",
        {"netem": "delay 20ms"},
        {"netem": "delay 30ms"},
        Ask(HUB, "tc -j qdisc show dev vxlan7", "0.options.delay.delay"),
        (0.02, 0.03),
        Hand(HUB, "tc qdisc del dev vxlan7 root"),
        on=(TUNNEL,),
    ),
)
