from __future__ import annotations

from conlink_compose.cli.network_table import all_statuses, combine, network_table
from conlink_compose.engines import NodeStatus
from conlink_compose.topology import Owner

WEB = NodeStatus("web-1", Owner("service", "web"), 1, "running")
NETWORK = {
    "nodes": [
        {"name": "web-1", "owner": ["service", "web"], "ready": True, "interfaces": []},
        {"name": "h1", "owner": ["host", "h1"], "ready": True, "interfaces": []},
    ]
}


def test_what_a_link_suffers_stands_beside_its_state() -> None:
    eth0 = {
        "name": "eth0",
        "kind": "veth",
        "state": "up",
        "peer": "b:eth0",
        "mac": "02:00:00:00:00:01",
        "addresses": ["10.0.0.1/24"],
        "netem": ["netem delay 20ms limit 21000"],
        "impaired": "delay 20ms",
    }
    told = {"name": "a", "owner": ["service", "a"], "ready": True, "interfaces": [eth0]}
    nodes = combine([NodeStatus("a", Owner("service", "a"), 1, "running")], {"nodes": [told]})
    assert network_table(nodes).splitlines()[1].endswith("02:00:00:00:00:01  up, delay 20ms")
    assert nodes[0]["interfaces"] == [eth0]


def test_a_node_that_only_the_runtime_knows_is_shown_too() -> None:
    shown = combine(all_statuses([WEB], NETWORK), NETWORK)
    assert [(node["name"], node.get("host"), node["state"]) for node in shown] == [
        ("web-1", None, "running"),
        ("h1", "h1", "running"),
    ]
