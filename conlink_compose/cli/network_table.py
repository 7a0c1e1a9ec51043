"""Who is wired to what: the table that `up` and `ps` show, and its JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from conlink_compose.cli.table import table, width_of

if TYPE_CHECKING:
    from conlink_compose.engines import NodeStatus

HEADS = ("NODE", "STATE", "INTERFACE", "ADDRESSES", "JOINED TO", "MAC", "LINK")
COMPACT_HEADS = ("NODE", "STATE", "INTERFACE\nLINK", "ADDRESSES\nROUTES", "JOINED TO\nMAC")


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


def network_table(nodes: Sequence[dict[str, Any]], columns: int | None = None) -> str:
    """A line an interface; the node's own columns only on its first. Where a terminal of `columns`
    is too narrow for that, a few lines an interface, and at last a paragraph a node."""
    for shape in (_wide, _compact):
        shown = shape(nodes)
        if columns is None or width_of(shown) <= columns:
            return shown
    return "\n".join(line for node in nodes for line in _paragraph(node))


def _wide(nodes: Sequence[dict[str, Any]]) -> str:
    with_routes = any(one.get("routes") for node in nodes for one in node["interfaces"])
    heads = (*HEADS, "ROUTES") if with_routes else HEADS

    def cells(one: dict[str, Any]) -> tuple[str, ...]:
        addresses = " ".join(one["addresses"])
        routes = (", ".join(one.get("routes", ())),) if with_routes else ()
        return (_name(one), addresses, one["peer"], one["mac"], _link(one), *routes)

    return table(heads, [row for node in nodes for row in _rows(node, cells, len(heads))])


def _compact(nodes: Sequence[dict[str, Any]]) -> str:
    def cells(one: dict[str, Any]) -> tuple[str, ...]:
        joined = "\n".join(filter(None, (one["peer"], one["mac"])))
        kind = "" if one["kind"] == "veth" else f" {one['kind']}"
        link = f"{one['name']}\n{_link(one)}{kind}"
        return (link, "\n".join(_reached(one)), joined)

    rows = [row for node in nodes for row in _rows(node, cells, len(COMPACT_HEADS))]
    return table(COMPACT_HEADS, rows)


def _paragraph(node: dict[str, Any]) -> Iterator[str]:
    yield f"{node['name']}  {_state(node)}"
    for one in node["interfaces"]:
        yield f"  {_name(one)}  {_link(one)}  {one['peer']}".rstrip()
        yield from (f"    {line}" for line in (*_reached(one), one["mac"]) if line)


def _rows(
    node: dict[str, Any], cells: Callable[[dict[str, Any]], tuple[str, ...]], count: int
) -> list[tuple[str, ...]]:
    head = (node["name"], _state(node))
    interfaces = node["interfaces"]
    if not interfaces:
        return [(*head, *[""] * (count - len(head)))]
    return [
        (*(head if number == 0 else ("", "")), *cells(interface))
        for number, interface in enumerate(interfaces)
    ]


def _state(node: dict[str, Any]) -> str:
    state: str = node["state"]
    return f"{state} ({node['exit_code']})" if node["exit_code"] is not None else state


def _name(interface: dict[str, Any]) -> str:
    name, kind = str(interface["name"]), interface["kind"]
    return name if kind == "veth" else f"{name} ({kind})"


def _link(interface: dict[str, Any]) -> str:
    by_hand = " (by hand)" if interface.get("overridden") else ""
    impaired = f", {interface['impaired']}" if interface.get("impaired") else ""
    return f"{interface['state']}{by_hand}{impaired}"


def _reached(interface: dict[str, Any]) -> list[str]:
    return [*interface["addresses"], *interface.get("routes", ())]
