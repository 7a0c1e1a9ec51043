"""The bridges: those that are declared, and those that are only used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast

from conlink_compose.diagnostics import Span
from conlink_compose.document.tree import List, Map
from conlink_compose.language.devices import check_signs
from conlink_compose.language.entries import Walk
from conlink_compose.language.fields import (
    Fields,
    Path,
    fields_of,
    flag,
    places_of,
    text,
    texts,
    whole,
)
from conlink_compose.language.notes import Notes
from conlink_compose.language.values.addresses import read_network
from conlink_compose.topology import Bridge, IpNetwork

Mode = Literal["linux", "ovs", "patch", "auto"]

_RESERVED_GROUPS = 0b111
"""BR_GROUPFWD_RESTRICTED of the kernel: spanning tree, pause frames, link aggregation."""


@dataclass(frozen=True, slots=True)
class ReadBridge:
    """`partial` tells that not all that was said of it could be read."""

    bridge: Bridge
    at: Span
    fields: Fields
    partial: bool = False


def read_bridges(
    notes: Notes, walk: Walk, tree: Map, used: Iterable[tuple[str, Span]], schema: dict[str, Any]
) -> dict[str, ReadBridge]:
    """By name, in the order of the files. `used` names those that links and tunnels lead to."""
    bridges: dict[str, ReadBridge] = {}
    declared: dict[str, _Declared] = {}
    for one in _declared(notes, walk, tree):
        declared.setdefault(one.name, one).fields.update(one.fields)
    for name, one in declared.items():
        if check_signs(notes, "the name of a bridge", name, one.at):
            bridges[name] = _read(notes, one, schema)
    refused: set[str] = set()
    for name, at in used:
        if name in bridges or name in declared or name in refused:
            continue
        if check_signs(notes, "the name of a bridge", name, at):
            bridges[name] = ReadBridge(Bridge(name, span=at), at, {})
        else:
            refused.add(name)
    return bridges


class _Declared(NamedTuple):
    name: str
    at: Span
    fields: Fields
    partial: bool


def _declared(notes: Notes, walk: Walk, tree: Map) -> Iterator[_Declared]:
    top = tree.get("x-conlink")
    bridges = top.get("bridges") if isinstance(top, Map) else None
    if isinstance(bridges, Map):
        for name, options in bridges.items():
            path: Path = ("x-conlink", "bridges", name)
            fields = fields_of(options, path, walk.faults) if isinstance(options, Map) else {}
            yield _Declared(name, bridges.keys_at[name], fields, walk.faults.below(path))
    elif isinstance(bridges, List):
        yield from _listed(notes, walk, bridges)


def _listed(notes: Notes, walk: Walk, bridges: List) -> Iterator[_Declared]:
    """Items of several files that name one bridge become one, the stronger file winning."""
    first: dict[tuple[str, str], Span] = {}
    items = sorted(
        enumerate(zip(bridges, bridges.values_at, strict=True)),
        key=lambda numbered: walk.file_rank(numbered[1][1]),
    )
    for index, (item, at) in items:
        path: Path = ("x-conlink", "bridges", index)
        if not isinstance(item, Map) or not isinstance(item.get("bridge"), str):
            continue
        name, name_at = str(item["bridge"]), item.values_at["bridge"]
        if (at.file, name) in first:
            message = f"there is a bridge {name} already, at {first[at.file, name]}"
            notes.error("bridge-twice", name_at, message)
            continue
        first[at.file, name] = name_at
        fields = fields_of(item, path, walk.faults)
        yield _Declared(name, name_at, fields, walk.faults.below(path))


def _read(notes: Notes, declared: _Declared, schema: dict[str, Any]) -> ReadBridge:
    name, at, fields, partial = declared
    mask = whole(notes, fields, "group_fwd_mask", schema)
    if mask is not None and mask & _RESERVED_GROUPS:
        message = f"group_fwd_mask {mask} has one of the bits 0, 1 and 2, which the kernel refuses"
        help_ = "mode: patch lets every frame pass"
        notes.error("bad-value", fields["group_fwd_mask"].at, message, help_)
    bridge = Bridge(
        name,
        cast("Mode", text(fields, "mode") or "auto"),
        tuple(_subnets(notes, fields)),
        flag(fields, "stp"),
        flag(fields, "vlan_filtering"),
        flag(fields, "mcast_snooping"),
        mask,
        whole(notes, fields, "mtu", schema),
        at,
        places_of(fields),
    )
    return ReadBridge(bridge, at, fields, partial)


def _subnets(notes: Notes, fields: Fields) -> Iterator[IpNetwork]:
    for subnet, at in texts(fields["subnet"]) if "subnet" in fields else ():
        if "/" not in subnet:
            notes.error(
                "bad-network", at, f'subnet takes a network such as 10.1.0.0/24; "{subnet}" is none'
            )
            continue
        network = read_network(notes, "subnet", subnet, at)
        if network is not None:
            yield network
