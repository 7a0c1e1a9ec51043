from __future__ import annotations

import json

from conlink_compose.diagnostics import Span
from conlink_compose.reconcile.operation_json import as_dict
from conlink_compose.state import HUB, End, Interface, Netem, Operation, Qdisc, Route

SPAN = Span("a.yaml", 3, 7, 3, 9)


def test_a_veth_and_its_peer() -> None:
    peer = End(HUB, "r1_1-eth0")
    thing = Interface("r1-1", "eth0", "veth", mtu=1400, up=True, master="", peer=peer)
    found = json.loads(json.dumps(as_dict(Operation("add", thing, "is declared", SPAN))))
    assert found["object"] == {
        "kind": "veth",
        "netns": "r1-1",
        "name": "eth0",
        "mtu": 1400,
        "up": True,
        "peer": "(hub):r1_1-eth0",
    }
    assert (found["verb"], found["cause"], found["span"]["line"]) == ("add", "is declared", 3)
    assert found["text"].startswith("add     veth r1-1:eth0")


def test_a_route_without_a_place() -> None:
    found = as_dict(Operation("remove", Route("a", "eth0", "0.0.0.0/0", metric=0), "is replaced"))
    assert found["span"] is None
    assert found["object"] == {
        "kind": "route",
        "netns": "a",
        "interface": "eth0",
        "to": "0.0.0.0/0",
        "metric": 0,
        "table": 254,
    }


def test_a_qdisc_is_told_in_the_kernels_units() -> None:
    stages = (Netem(delay=20_000_000, limit=21_000), Netem(loss_model=("gemodel", (1, 2, 3, 4))))
    thing = Qdisc("a", "eth0", stages)
    found = json.loads(json.dumps(as_dict(Operation("add", thing, "is declared", SPAN))))
    assert found["object"] == {
        "kind": "netem",
        "netns": "a",
        "interface": "eth0",
        "stages": [
            {"delay": 20_000_000, "limit": 21_000},
            {"loss_model": ["gemodel", [1, 2, 3, 4]]},
        ],
    }
