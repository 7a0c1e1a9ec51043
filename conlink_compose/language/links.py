"""From merged ends to links: every value read, and which keys a kind of link takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conlink_compose import links as kinds
from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.language.fields import flag, places_of, text, texts, whole
from conlink_compose.language.layers import EndKey, MergedEnd
from conlink_compose.language.project import Project
from conlink_compose.language.report import Report
from conlink_compose.language.schema import link_keys_not_for, link_modes
from conlink_compose.language.schema_errors import kinds_with, not_for_type
from conlink_compose.language.values.addresses import (
    PlacedAddress,
    read_address,
    read_interfaces,
    read_mac,
)
from conlink_compose.language.values.devices import check_device
from conlink_compose.language.values.ethtool import read_ethtool
from conlink_compose.language.values.netem import read_netem
from conlink_compose.language.values.ports import read_forwards, read_vlan
from conlink_compose.language.values.routes import ReadRoute, read_routes
from conlink_compose.links import veth
from conlink_compose.topology import Endpoint, Forward, IpAddress, Link, Netem, Owner, Vlan


@dataclass(slots=True)
class ReadEnd:
    """An end of a link, its values read: a `topology.Endpoint` in the making, which knows where
    each value stands. `replicas` is how many nodes get it; `addresses_left_out` tells that some of
    its `ip` could not be read, which has been told."""

    merged: MergedEnd
    replicas: int
    addresses: list[PlacedAddress]
    addresses_left_out: bool
    mac: str | None
    mtu: int | None
    routes: list[ReadRoute]
    netem: tuple[Netem, ...]
    nat: IpAddress | None
    ethtool: tuple[tuple[str, str], ...]
    up: bool

    @property
    def owner(self) -> Owner:
        return self.merged.owner

    @property
    def kind(self) -> str:
        """The kind of its link, as this end alone says it."""
        return text(self.merged.fields, "type") or kinds.DEFAULT

    @property
    def knows_addresses(self) -> bool:
        """Whether each text of its `ip` could be read, and each `auto` has become one."""
        return not self.addresses_left_out and all(one for one, _ in self.addresses)

    def place(self, key: str) -> Span:
        """Where the value of `key` stands, or else the link."""
        field = self.merged.fields.get(key)
        return field.at if field else self.merged.at

    def __str__(self) -> str:
        return f"{self.merged.dev} of {self.merged.owner}"

    def endpoint(self) -> Endpoint:
        return Endpoint(
            self.merged.owner,
            self.merged.dev,
            tuple(address for address, _ in self.addresses if address is not None),
            self.mac,
            self.mtu,
            tuple(read.route for read in self.routes),
            self.netem,
            self.nat,
            self.ethtool,
            self.up,
            self.merged.at,
            places_of(self.merged.fields),
        )


@dataclass(slots=True)
class ReadLink:
    """As `conlink_compose.topology.Link`, with the places the checks point at."""

    kind: str
    near: ReadEnd
    far: ReadEnd | None
    bridge: str | None
    outer: str | None
    mode: str | None
    vlanid: int | None
    vlan: Vlan | None
    isolated: bool
    forward: tuple[Forward, ...]

    @property
    def ends(self) -> tuple[ReadEnd, ...]:
        return (self.near, self.far) if self.far else (self.near,)

    def port_keys(self) -> list[str]:
        """What it says of its port on a bridge."""
        said = {"forward": self.forward, "vlan": self.vlan, "isolated": self.isolated}
        return [key for key, value in said.items() if value]

    def link(self) -> Link:
        return Link(
            self.kind,
            self.near.endpoint(),
            self.bridge,
            self.far.endpoint() if self.far else None,
            self.outer,
            self.mode,
            self.vlanid,
            self.vlan,
            self.isolated,
            self.forward,
            self.near.merged.at,
        )


def read_links(
    report: Report, project: Project, ends: Mapping[EndKey, MergedEnd], schema: dict[str, Any]
) -> Iterator[ReadLink]:
    """Every link, a wire once, in the order of `ends`. `schema` is that of a link."""
    for end in ends.values():
        if end.far is None:
            yield _read_link(report, _read_end(report, project, end, schema), None, schema)
        elif end.near or ends[end.far].far != end.key:
            near = _read_end(report, project, end, schema)
            far = _read_end(report, project, ends[end.far], schema)
            near.mtu, far.mtu = veth.wire_mtus(near.mtu, far.mtu)
            yield _read_link(report, near, far, schema)


def _read_end(
    report: Report, project: Project, merged: MergedEnd, schema: dict[str, Any]
) -> ReadEnd:
    """All values that belong to the node; what is wrong is told and left out."""
    fields, replicas = merged.fields, project.replicas(merged.owner)
    ip, mac, nat = fields.get("ip"), fields.get("mac"), fields.get("nat")
    addresses, up = read_interfaces(report, ip), flag(fields, "up")
    return ReadEnd(
        merged,
        replicas,
        addresses,
        ip is not None and len(addresses) < len(texts(ip)),
        read_mac(report, mac, replicas) if mac else None,
        whole(report, fields, "mtu", schema),
        read_routes(report, fields.get("route"), merged.dev),
        read_netem(report, fields.get("netem")),
        read_address(report, "nat", str(nat.value), nat.at) if nat and not nat.refused else None,
        read_ethtool(report, fields.get("ethtool")),
        up is not False,
    )


def _read_link(
    report: Report, near: ReadEnd, far: ReadEnd | None, schema: dict[str, Any]
) -> ReadLink:
    """The values of a link as a whole are those of its near end."""
    fields, merged = near.merged.fields, near.merged
    for end in (near, far) if far else (near,):
        _check_end(report, end, far is not None, schema)
    if far and far.replicas != near.replicas:
        message = f"{_counted(far)}, but {_counted(near)}: which one meets which?"
        report.error("replicas-differ", merged.far_at or merged.at, message)
        near.replicas = far.replicas = min(near.replicas, far.replicas)  # which no check counts on
    outer = text(fields, "outer-dev")
    if outer is not None and not check_device(report, "outer-dev", outer, fields["outer-dev"].at):
        outer = None
    return ReadLink(
        near.kind,
        near,
        far,
        text(fields, "bridge"),
        outer,
        text(fields, "mode"),
        whole(report, fields, "vlanid", schema),
        read_vlan(report, fields.get("vlan"), schema),
        flag(fields, "isolated") is True,
        read_forwards(report, fields.get("forward"), near.replicas),
    )


def _counted(end: ReadEnd) -> str:
    replicas = "replica" if end.replicas == 1 else "replicas"
    return f"{end.owner} has {end.replicas} {replicas}"


def _check_end(report: Report, end: ReadEnd, wired: bool, schema: dict[str, Any]) -> None:
    """Its keys, as all files together say them: the schema sees each item alone."""
    merged, kind = end.merged, end.kind
    rules = kinds.rules(kind)
    if "type" not in merged.fields or not merged.fields["type"].refused:
        _check_keys(report, end, kind, rules, schema)
        _check_mode(report, end, kind)
    if not merged.partial:
        report.add(rules.check_end(end, merged.at, merged.fields, wired))


def _check_keys(
    report: Report, end: ReadEnd, kind: str, rules: kinds.Rules, schema: dict[str, Any]
) -> None:
    merged, fields = end.merged, end.merged.fields
    for key in link_keys_not_for(kind) & fields.keys():
        if not fields[key].refused:
            message, help_ = not_for_type(key, kind, kinds_with(schema, key))
            report.error("key-not-for-type", fields[key].key_at, message, help_)
    if merged.partial:
        return
    if merged.far is not None and not rules.joins:
        message, help_ = not_for_type("peer", kind, kinds_with(schema, "peer"))
        report.error("key-not-for-type", merged.far_at or merged.at, message, help_)
    for key in rules.needs:
        if key not in fields:
            message = f'a link of type {kind} needs the key "{key}"'
            takes = schema["properties"][key]["errorMessage"]
            report.error("missing-key", merged.at, message, f"it {takes}")


def _check_mode(report: Report, end: ReadEnd, kind: str) -> None:
    mode = end.merged.fields.get("mode")
    if mode is None or mode.refused or "mode" in link_keys_not_for(kind):
        return
    known = link_modes(kind)
    if mode.value not in known:
        help_ = near_or_all(str(mode.value), known, "there are")
        message = f'mode takes a mode of the link\'s type; "{mode.value}" is none'
        report.error("unknown-mode", mode.at, message, help_)
