"""What is asked of Open vSwitch's database is what is read of it. The database itself is asked in
tests/kernel/test_ovs.py."""

from __future__ import annotations

from typing import Any

import pytest

from conlink_compose.kernel.ovs.ovsdb import value_of
from conlink_compose.kernel.ovs.rows import Tables, error_of, things
from conlink_compose.kernel.ovs.transactions import Transaction
from conlink_compose.state import HUB, Operation, OvsBridge, OvsPort, PortVlans

EMPTY: Tables = {"Bridge": {}, "Port": {}, "Interface": {}}
BRIDGE = OvsBridge(HUB, "lan", "netdev", stp=False, vlan=1, mac="02:00:00:00:00:01", mtu=1400)
DEFAULTS = {
    "Bridge": {"other_config": {}},
    "Port": {"tag": (), "trunks": (), "vlan_mode": (), "status": {}},
    "Interface": {"ofport": 1, "error": (), "mtu_request": ()},
}


def written(*asked: OvsBridge | OvsPort) -> Tables:
    """The rows that a transaction inserts, with what the schema has where it says nothing."""
    transaction = Transaction(EMPTY)
    steps = [step for one in asked for step in transaction.making(Operation("add", one, "test"))]
    tables: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in EMPTY}
    for step in steps:
        if step["op"] == "insert":
            row = {name: told(value) for name, value in step["row"].items()}
            tables[step["table"]][step["uuid-name"]] = {**DEFAULTS[step["table"]], **row}
        elif step["table"] == "Bridge":
            ((_, _, added),) = step["mutations"]
            (bridge,) = tables["Bridge"].values()
            ports = bridge["ports"] if isinstance(bridge["ports"], tuple) else (bridge["ports"],)
            bridge["ports"] = (*ports, *told(added))
    return tables


def told(value: Any) -> Any:
    """As the database tells of it, which gives each row that it inserts a uuid."""
    if isinstance(value, list) and value[0] == "named-uuid":
        return value[1]
    if isinstance(value, list) and value[0] == "set":
        return tuple(map(told, value[1]))
    return value_of(value)


@pytest.mark.parametrize(
    "vlans",
    [
        None,
        PortVlans(HUB, "a", pvid=10, untagged=(10,)),
        PortVlans(HUB, "a", pvid=0, untagged=(), tagged=(10, 20)),
        PortVlans(HUB, "a", pvid=30, untagged=(30,), tagged=(10, 20)),
        PortVlans(HUB, "a"),
    ],
)
def test_a_port_is_read_as_it_was_asked_for(vlans: PortVlans | None) -> None:
    port = OvsPort(HUB, "a", "lan", vlans)
    assert list(things(written(BRIDGE, port), {"lan", "a"})) == [BRIDGE, port]


def test_what_nobody_made_yet_does_not_work() -> None:
    port = OvsPort(HUB, "a", "lan")
    tables = written(BRIDGE, port)
    for row in tables["Interface"].values():
        row["ofport"], row["error"] = -1, "no such device"
    bridge, found = things(tables, {"lan", "a"})
    assert isinstance(bridge, OvsBridge)
    assert isinstance(found, OvsPort)
    assert not bridge.whole
    assert not found.works
    assert list(port.differences(found)) == ["is written down, and passes nothing"]
    assert error_of(tables, "a") == "no such device"


def test_a_row_whose_interface_is_gone_does_not_work() -> None:
    _, port = things(written(BRIDGE, OvsPort(HUB, "a", "lan")), {"lan"})
    assert isinstance(port, OvsPort)
    assert not port.works


def test_what_we_never_write_is_seen_to_be_another() -> None:
    tables = written(BRIDGE, OvsPort(HUB, "a", "lan", PortVlans(HUB, "a", 10, (10,))))
    (row,) = (row for row in tables["Port"].values() if row["name"] == "a")
    for change in ({"vlan_mode": "native-tagged"}, {"trunks": (7, 8)}, {"tag": (), "trunks": 7}):
        before = dict(row)
        row.update(change)
        _, found = things(tables, {"lan", "a"})
        assert isinstance(found, OvsPort)
        assert found.vlans != PortVlans(HUB, "a", 10, (10,)), change
        row.update(before)


def test_spanning_tree_holds_a_port_until_it_says_otherwise() -> None:
    tables = written(OvsBridge(HUB, "lan", stp=True), OvsPort(HUB, "a", "lan"))
    (row,) = (row for row in tables["Port"].values() if row["name"] == "a")
    for status, held in (({}, "listening"), ({"stp_state": "blocking"}, "blocking")):
        row["status"] = status
        _, found = things(tables, {"lan", "a"})
        assert isinstance(found, OvsPort)
        assert found.held == held
    row["status"] = {"stp_state": "forwarding"}
    _, found = things(tables, {"lan", "a"})
    assert isinstance(found, OvsPort)
    assert found.held is None
