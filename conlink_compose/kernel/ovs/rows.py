"""What the rows of Open vSwitch's database say (ovs-vswitchd.conf.db(5))."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from conlink_compose.kernel.ovs.ovsdb import Row
from conlink_compose.state import HUB, KERNEL_DATAPATH, OvsBridge, OvsPort, PortVlans

_FORWARDS = "forwarding"
Tables = Mapping[str, Mapping[str, Row]]

MAC, MTU = "hwaddr", "mtu_request"
"""Where it is said what the hub's own port of a bridge shall have."""


def things(tables: Tables, links: Collection[str]) -> Iterator[OvsBridge | OvsPort]:
    """What the rows say, each bridge before its ports. `links` are the names of the interfaces in
    the hub: where one is gone, the row of its port has not heard of it yet."""
    passes = passing(tables)
    for bridge in sorted(tables["Bridge"].values(), key=_name):
        found = (tables["Port"].get(uuid) for uuid in several(bridge["ports"]))
        ports = {port["name"]: port for port in filter(None, found)}
        works = {name: name in passes and name in links for name in ports}
        if local := ports.pop(bridge["name"], None):
            yield _bridge(tables, bridge, local, works[bridge["name"]])
        for name in sorted(ports):
            yield _port(bridge, ports[name], works[name])


def _name(row: Row) -> str:
    return str(row["name"])


def uuids(tables: Tables, table: str) -> dict[str, str]:
    """Of the rows by their names, of which there are no two alike."""
    return {row["name"]: uuid for uuid, row in tables[table].items()}


def passing(tables: Tables) -> set[str]:
    """The interfaces that have a number in their bridge, as each has that was made."""
    found = tables["Interface"].values()
    return {row["name"] for row in found if any(one > 0 for one in several(row["ofport"]))}


def error_of(tables: Tables, name: str) -> str:
    """Why the interface `name` has none; often empty."""
    return next((text for row in _named(tables, name) for text in several(row["error"])), "")


def several(value: Any) -> tuple[Any, ...]:
    """A set of one is written as its only element."""
    return value if isinstance(value, tuple) else (value,)


def _named(tables: Tables, name: str) -> Iterator[Row]:
    return (row for row in tables["Interface"].values() if row["name"] == name)


def _bridge(tables: Tables, row: Row, local: Row, works: bool) -> OvsBridge:
    asked = next(_named(tables, row["name"]), {MTU: ()})
    return OvsBridge(
        HUB,
        row["name"],
        row["datapath_type"] or KERNEL_DATAPATH,
        row["stp_enable"],
        row["mcast_snooping_enable"],
        next(iter(several(local["tag"])), 0),
        row["other_config"].get(MAC),
        next(iter(several(asked[MTU])), None),
        whole=works,
    )


def _port(bridge: Row, row: Row, works: bool) -> OvsPort:
    """Its state is told some seconds late, and never of a port that takes part in no tree."""
    state = row["status"].get("stp_state", "listening") if bridge["stp_enable"] else _FORWARDS
    held = None if state == _FORWARDS else state
    return OvsPort(HUB, row["name"], bridge["name"], _vlans(row), works, held)


def _vlans(row: Row) -> PortVlans | None:
    """None where none of the columns says anything. What we never write is told so that it is seen
    to be another."""
    tags, trunks, modes = (several(row[name]) for name in ("tag", "trunks", "vlan_mode"))
    mode = modes[0] if modes else ("access" if tags else "trunk")
    if not (tags or trunks or modes):
        return None
    pvid = tags[0] if tags else 0
    untagged = (pvid,) if pvid and mode in ("access", "native-untagged") else ()
    tagged = tuple(sorted(set(trunks) - set(untagged)))
    return PortVlans(HUB, row["name"], pvid=pvid, untagged=untagged, tagged=tagged)
