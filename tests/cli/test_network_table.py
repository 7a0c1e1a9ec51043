from __future__ import annotations

from conlink_compose.cli.network_table import all_statuses, combine
from conlink_compose.engines import NodeStatus
from conlink_compose.topology import Owner

WEB = NodeStatus("web-1", Owner("service", "web"), 1, "running")
NETWORK = {
    "nodes": [
        {"name": "web-1", "owner": ["service", "web"], "ready": True, "interfaces": []},
        {"name": "h1", "owner": ["host", "h1"], "ready": True, "interfaces": []},
    ]
}


def test_a_node_that_only_the_runtime_knows_is_shown_too() -> None:
    shown = combine(all_statuses([WEB], NETWORK), NETWORK)
    assert [(node["name"], node.get("host"), node["state"]) for node in shown] == [
        ("web-1", None, "running"),
        ("h1", "h1", "running"),
    ]
