"""Who is wired to what: the table that `up` and `ps` show, and its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from conlink_compose.cli.table import table

if TYPE_CHECKING:
    from conlink_compose.engines import NodeStatus

HEADS = ("NODE", "STATE", "INTERFACE", "ADDRESSES", "JOINED TO", "MAC", "LINK")


def all_statuses(statuses: Sequence[NodeStatus], network: dict[str, Any]) -> list[NodeStatus]:
    """Those of the engine, and of the nodes that only the runtime knows: with Docker the hosts that
    it holds itself, and the containers outside the project."""
    from conlink_compose.engines import NodeStatus
    from conlink_compose.topology import Owner

    known = {status.name for status in statuses}
    more = [
        NodeStatus(node["name"], Owner(*node["owner"]), 1, "running")
        for node in network["nodes"]
        if node["name"] not in known
    ]
    return [*statuses, *more]


def combine(statuses: Sequence[NodeStatus], network: dict[str, Any]) -> list[dict[str, Any]]:
    """One dict a node: what runs in it (the engine says) and its interfaces (the kernel says)."""
    wired = {node["name"]: node for node in network["nodes"]}
    return [
        {
            "name": status.name,
            status.owner.kind: status.owner.name,
            "index": status.replica,
            "state": status.state,
            "exit_code": status.exit_code,
            "restarts": status.restarts,
            "problem": status.problem,
            "ready": wired.get(status.name, {}).get("ready", False),
            "commands": [
                {"argv": list(command.argv), "exit_code": command.exit_code}
                for command in status.commands
            ],
            "interfaces": wired.get(status.name, {}).get("interfaces", []),
        }
        for status in statuses
    ]


def network_table(nodes: Sequence[dict[str, Any]]) -> str:
    """A line an interface; the node's own columns only on its first."""
    rows = [row for node in nodes for row in _rows(node)]
    return table(HEADS, rows)


def _rows(node: dict[str, Any]) -> list[tuple[str, ...]]:
    head = (node["name"], _state(node))
    interfaces = node["interfaces"]
    if not interfaces:
        return [(*head, "", "", "", "", "")]
    return [
        (*(head if number == 0 else ("", "")), *_cells(interface))
        for number, interface in enumerate(interfaces)
    ]


def _state(node: dict[str, Any]) -> str:
    state: str = node["state"]
    return f"{state} ({node['exit_code']})" if node["exit_code"] is not None else state


def _cells(interface: dict[str, Any]) -> tuple[str, ...]:
    addresses = " ".join(interface["addresses"])
    kind = interface["kind"]
    name = interface["name"] if kind == "veth" else f"{interface['name']} ({kind})"
    return (name, addresses, interface["peer"], interface["mac"], interface["state"])
