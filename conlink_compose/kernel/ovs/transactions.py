"""Operations of ours as operations of Open vSwitch's database (RFC 7047, 5.2)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import count
from typing import Any

from conlink_compose.kernel.ovs.ovsdb import DATABASE
from conlink_compose.kernel.ovs.rows import MAC, MTU, Tables, uuids
from conlink_compose.state import Operation, OvsBridge, OvsPort, PortVlans

DatabaseOperation = dict[str, Any]
_Where = list[list[Any]]


class Transaction:
    """Builds one of several operations, on what the tables hold now. A row that nothing leads to
    the database removes itself, so what is to go is taken out of the set that it stands in."""

    def __init__(self, tables: Tables) -> None:
        self._bridges, self._ports = uuids(tables, "Bridge"), uuids(tables, "Port")
        self._numbers = count(1)

    def removing(self, operation: Operation) -> Iterator[DatabaseOperation]:
        """What has to be gone before the rest is asked for: of a port whose interface has been made
        anew under its old name, ovs-vswitchd would keep the old one. So it does with the tap of a
        bridge that somebody took away."""
        thing = operation.thing
        if isinstance(thing, OvsBridge) and operation.verb != "change":
            yield from self._remove_bridge(thing)
        elif isinstance(thing, OvsBridge) and not _is_whole(operation):
            yield from self._remove_port(thing.name)
        elif isinstance(thing, OvsPort) and not _is_edited(operation):
            yield from self._remove_port(thing.interface)

    def making(self, operation: Operation) -> Iterator[DatabaseOperation]:
        """What is left to ask for then."""
        thing, verb = operation.thing, operation.verb
        if isinstance(thing, OvsBridge) and verb == "add":
            yield from self._add_bridge(thing)
        elif isinstance(thing, OvsBridge) and verb == "change":
            yield from self._change_bridge(thing, _is_whole(operation))
        elif isinstance(thing, OvsPort) and _is_edited(operation):
            yield _update("Port", thing.interface, _vlan_columns(thing.vlans))
        elif isinstance(thing, OvsPort) and verb != "remove":
            yield from self._add_port(thing)

    def _add_bridge(self, bridge: OvsBridge) -> Iterator[DatabaseOperation]:
        """It comes with the port of its own name."""
        port = yield from self._insert_local_port(bridge)
        row = {"name": bridge.name, "ports": port, **_bridge_columns(bridge)}
        made = self._name()
        yield {"op": "insert", "table": "Bridge", "uuid-name": made, "row": row}
        yield _mutate(DATABASE, [], "bridges", "insert", [["named-uuid", made]])

    def _change_bridge(self, bridge: OvsBridge, was_whole: bool) -> Iterator[DatabaseOperation]:
        yield _update("Bridge", bridge.name, _bridge_columns(bridge))
        if not was_whole:
            made = yield from self._insert_local_port(bridge)
            yield _mutate("Bridge", [["name", "==", bridge.name]], "ports", "insert", [made])
            return
        yield _update("Interface", bridge.name, {MTU: _set(bridge.mtu)})
        yield _update("Port", bridge.name, _local_columns(bridge))

    def _remove_bridge(self, bridge: OvsBridge) -> Iterator[DatabaseOperation]:
        if uuid := self._bridges.get(bridge.name):
            yield _mutate(DATABASE, [], "bridges", "delete", [["uuid", uuid]])

    def _add_port(self, port: OvsPort) -> Iterator[DatabaseOperation]:
        made = yield from self._insert_port({"name": port.interface}, _vlan_columns(port.vlans))
        yield _mutate("Bridge", [["name", "==", port.bridge]], "ports", "insert", [made])

    def _remove_port(self, name: str) -> Iterator[DatabaseOperation]:
        if uuid := self._ports.get(name):
            one = ["uuid", uuid]
            yield _mutate("Bridge", [["ports", "includes", one]], "ports", "delete", [one])

    def _insert_local_port(
        self, bridge: OvsBridge
    ) -> Generator[DatabaseOperation, None, list[str]]:
        interface = {"name": bridge.name, "type": "internal", MTU: _set(bridge.mtu)}
        return (yield from self._insert_port(interface, _local_columns(bridge)))

    def _insert_port(
        self, interface: DatabaseOperation, columns: DatabaseOperation
    ) -> Generator[DatabaseOperation, None, list[str]]:
        """Returns how the port is called in this transaction."""
        below, made = self._name(), self._name()
        row = {"name": interface["name"], "interfaces": ["named-uuid", below], **columns}
        yield {"op": "insert", "table": "Interface", "uuid-name": below, "row": interface}
        yield {"op": "insert", "table": "Port", "uuid-name": made, "row": row}
        return ["named-uuid", made]

    def _name(self) -> str:
        """Letters and digits alone, which names of interfaces need not be."""
        return f"row{next(self._numbers)}"


def _is_whole(operation: Operation) -> bool:
    """Before it, the bridge had its own port."""
    return isinstance(operation.before, OvsBridge) and operation.before.whole


def _is_edited(operation: Operation) -> bool:
    """It stays the port it is, and has other VLANs."""
    thing, before = operation.thing, operation.before
    return (
        isinstance(thing, OvsPort)
        and isinstance(before, OvsPort)
        and before.works
        and before.bridge == thing.bridge
    )


def _bridge_columns(bridge: OvsBridge) -> DatabaseOperation:
    return {
        "datapath_type": bridge.datapath,
        "stp_enable": bridge.stp,
        "mcast_snooping_enable": bridge.mcast_snooping,
        "other_config": ["map", [[MAC, bridge.mac]] if bridge.mac else []],
    }


def _local_columns(bridge: OvsBridge) -> DatabaseOperation:
    return {"tag": _set(bridge.vlan or None)}


def _vlan_columns(vlans: PortVlans | None) -> DatabaseOperation:
    """An access port has a tag alone. A trunk drops what comes without a tag, unless a VLAN is
    native there; which it carries is listed, as without a list it carries all."""
    if vlans is None:
        return {"vlan_mode": _set(None), "tag": _set(None), "trunks": ["set", []]}
    trunk = "native-untagged" if vlans.pvid else "trunk"
    carried = sorted((*vlans.untagged, *vlans.tagged)) if vlans.tagged else []
    return {
        "vlan_mode": _set(trunk if vlans.tagged else "access"),
        "tag": _set(vlans.pvid or None),
        "trunks": ["set", carried],
    }


def _update(table: str, name: str, row: DatabaseOperation) -> DatabaseOperation:
    return {"op": "update", "table": table, "where": [["name", "==", name]], "row": row}


def _mutate(
    table: str, where: _Where, column: str, mutator: str, uuids_: list[list[str]]
) -> DatabaseOperation:
    mutation = [column, mutator, ["set", uuids_]]
    return {"op": "mutate", "table": table, "where": where, "mutations": [mutation]}


def _set(value: Any) -> list[Any]:
    """Of one, or of none."""
    return ["set", [] if value is None else [value]]
