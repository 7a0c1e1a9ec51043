"""The bridges: those that are declared, and those that are only used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, cast, get_args

from conlink_compose.bridges import AUTO, KNOBS, linux, modes, ovs, rules
from conlink_compose.diagnostics import Span
from conlink_compose.document.tree import List, Map
from conlink_compose.language.declarations import Declarations
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
from conlink_compose.language.links import ReadLink
from conlink_compose.language.report import Report
from conlink_compose.language.values.addresses import read_network
from conlink_compose.language.values.devices import check_signs
from conlink_compose.topology import Bridge, IpNetwork

Mode = Literal["linux", "ovs", "patch", "auto"]


@dataclass(frozen=True, slots=True)
class ReadBridge:
    """`partial` tells that not all that was said of it could be read."""

    bridge: Bridge
    at: Span
    fields: Fields
    partial: bool = False

    @property
    def knows_subnets(self) -> bool:
        """Whether each that is declared could be read."""
        declared = texts(self.fields["subnet"]) if "subnet" in self.fields else ()
        return len(self.bridge.subnets) == len(declared)


def read_bridges(
    report: Report,
    declarations: Declarations,
    tree: Map,
    used: Iterable[tuple[str, Span]],
    schema: dict[str, Any],
) -> dict[str, ReadBridge]:
    """By name, in the order of the files. `used` names those that links and tunnels lead to."""
    bridges: dict[str, ReadBridge] = {}
    declared: dict[str, _DeclaredBridge] = {}
    for one in _declared(report, declarations, tree):
        declared.setdefault(one.name, one).fields.update(one.fields)
    for name, one in declared.items():
        if check_signs(report, "the name of a bridge", name, one.at):
            bridges[name] = _read(report, one, schema)
    refused: set[str] = set()
    for name, at in used:
        if name in bridges or name in declared or name in refused:
            continue
        if check_signs(report, "the name of a bridge", name, at):
            bridges[name] = ReadBridge(Bridge(name, span=at), at, {})
        else:
            refused.add(name)
    return bridges


def with_filtering(bridge: Bridge, links: Iterable[ReadLink]) -> Bridge:
    """A bridge that says nothing of `vlan_filtering` filters where a link names a VLAN of it."""
    if bridge.vlan_filtering is not None or "vlan_filtering" not in rules(bridge.mode).knobs:
        return bridge
    named = any(link.vlan is not None and link.bridge == bridge.name for link in links)
    return replace(bridge, vlan_filtering=True) if named else bridge


class _DeclaredBridge(NamedTuple):
    name: str
    at: Span
    fields: Fields
    partial: bool


def _declared(report: Report, declarations: Declarations, tree: Map) -> Iterator[_DeclaredBridge]:
    top = tree.get("x-conlink")
    bridges = top.get("bridges") if isinstance(top, Map) else None
    if isinstance(bridges, Map):
        for name, options in bridges.items():
            path: Path = ("x-conlink", "bridges", name)
            fields = (
                fields_of(options, path, declarations.refused) if isinstance(options, Map) else {}
            )
            yield _DeclaredBridge(
                name, bridges.keys_at[name], fields, declarations.refused.below(path)
            )
    elif isinstance(bridges, List):
        yield from _listed(report, declarations, bridges)


def _listed(report: Report, declarations: Declarations, bridges: List) -> Iterator[_DeclaredBridge]:
    """Items of several files that name one bridge become one, the stronger file winning."""
    first: dict[tuple[str, str], Span] = {}
    items = sorted(
        enumerate(zip(bridges, bridges.values_at, strict=True)),
        key=lambda numbered: declarations.file_rank(numbered[1][1]),
    )
    for number, (item, at) in items:
        path: Path = ("x-conlink", "bridges", number)
        if not isinstance(item, Map) or not isinstance(item.get("bridge"), str):
            continue
        name, name_at = str(item["bridge"]), item.values_at["bridge"]
        if (at.file, name) in first:
            message = f"there is a bridge {name} already, at {first[at.file, name]}"
            report.error("bridge-twice", name_at, message)
            continue
        first[at.file, name] = name_at
        fields = fields_of(item, path, declarations.refused)
        yield _DeclaredBridge(name, name_at, fields, declarations.refused.below(path))


def _read(report: Report, declared: _DeclaredBridge, schema: dict[str, Any]) -> ReadBridge:
    name, at, fields, partial = declared
    _check_knobs(report, declared)
    if text(fields, "mode") == "ovs":
        report.add(ovs.check_name(name, at))
    mask = whole(report, fields, "group_fwd_mask", schema)
    if mask is not None:
        report.add(linux.check_mask(mask, fields["group_fwd_mask"].at))
    bridge = Bridge(
        name,
        cast("Mode", text(fields, "mode") or AUTO),
        tuple(_subnets(report, fields)),
        flag(fields, "stp"),
        flag(fields, "vlan_filtering"),
        flag(fields, "mcast_snooping"),
        mask,
        whole(report, fields, "mtu", schema),
        at,
        places_of(fields),
    )
    return ReadBridge(bridge, at, fields, partial)


def _check_knobs(report: Report, declared: _DeclaredBridge) -> None:
    mode = text(declared.fields, "mode") or AUTO
    has = rules(mode).knobs if mode in get_args(Mode) else KNOBS
    for key in sorted(KNOBS - has):
        if key in declared.fields:
            named = " or ".join(name for name in modes() if key in rules(name).knobs)
            message = f"{key} needs a bridge of mode {named}; {declared.name} is of mode {mode}"
            at = declared.fields[key].key_at
            report.error("key-not-for-mode", at, message, f"leave {key} out")


def _subnets(report: Report, fields: Fields) -> Iterator[IpNetwork]:
    for subnet, at in texts(fields["subnet"]) if "subnet" in fields else ():
        if "/" not in subnet:
            report.error(
                "bad-network", at, f'subnet takes a network such as 10.1.0.0/24; "{subnet}" is none'
            )
            continue
        network = read_network(report, "subnet", subnet, at)
        if network is not None:
            yield network
