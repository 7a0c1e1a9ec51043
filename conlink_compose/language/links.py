"""From drafts to links: what an interface is joined to, and which keys its kind takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conlink_compose.diagnostics import near_or_all
from conlink_compose.language.devices import check_device
from conlink_compose.language.drafts import Draft
from conlink_compose.language.ends import End, read_end
from conlink_compose.language.fields import flag, text, whole
from conlink_compose.language.forwards import read_forwards
from conlink_compose.language.notes import Notes
from conlink_compose.language.pieces import Key
from conlink_compose.language.project import Project
from conlink_compose.language.schema import link_keys_not_for
from conlink_compose.language.schema_words import kinds_with, not_for_type
from conlink_compose.language.values.vlans import read_vlan
from conlink_compose.topology import Forward, Link, Vlan

VETH = "veth"
_NEED_PARENT = ("vlan", "macvlan", "macvtap", "ipvlan", "ipvtap")
_OF_BRIDGE_PORTS = ("forward", "vlan", "isolated")

IPV6_LEAST_MTU = 1280


@dataclass(slots=True)
class ReadLink:
    """As `conlink_compose.topology.Link`, with the places the checks point at."""

    kind: str
    near: End
    far: End | None
    bridge: str | None
    outer: str | None
    mode: str | None
    vlanid: int | None
    vlan: Vlan | None
    isolated: bool
    forward: tuple[Forward, ...]

    @property
    def ends(self) -> tuple[End, ...]:
        return (self.near, self.far) if self.far else (self.near,)

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
            self.near.draft.at,
        )


def read_links(
    notes: Notes,
    project: Project,
    drafts: dict[Key, Draft],
    schema: dict[str, Any],
) -> Iterator[ReadLink]:
    """Every link, a wire once, in the order of the files."""
    for draft in drafts.values():
        if draft.far is None:
            near = _end(notes, project, draft, schema)
            yield _read_link(notes, near, None, schema)
        elif draft.near or drafts[draft.far].far != draft.key:
            near = _end(notes, project, draft, schema)
            far = _end(notes, project, drafts[draft.far], schema)
            _share_mtu(near, far)
            yield _read_link(notes, near, far, schema)


def _end(notes: Notes, project: Project, draft: Draft, schema: dict[str, Any]) -> End:
    return read_end(notes, draft, project.replicas(draft.owner), schema)


def _share_mtu(near: End, far: End) -> None:
    """A veth drops what is longer than the receiving end's MTU, so one that is said holds for
    both."""
    near.mtu, far.mtu = near.mtu or far.mtu, far.mtu or near.mtu


def _read_link(notes: Notes, near: End, far: End | None, schema: dict[str, Any]) -> ReadLink:
    fields, draft = near.draft.fields, near.draft
    kind = _kind(near)
    for end in (near, far) if far else (near,):
        _check_keys(notes, end, schema)
        _check_joined(notes, end, far is not None)
        _check_mtu(notes, end)
    if far and far.replicas != near.replicas:
        message = f"{_counted(far)}, but {_counted(near)}: which one meets which?"
        notes.error("replicas-differ", draft.far_at or draft.at, message)
    if kind == VETH and far is None and not fields.keys() & {"bridge", "outer-dev", "peer"}:
        _warn_of_loose_end(notes, near)
    outer = text(fields, "outer-dev")
    if outer is not None and not check_device(notes, "outer-dev", outer, fields["outer-dev"].at):
        outer = None
    return ReadLink(
        kind,
        near,
        far,
        text(fields, "bridge"),
        outer,
        text(fields, "mode"),
        whole(notes, fields, "vlanid", schema),
        read_vlan(notes, fields.get("vlan"), schema),
        flag(fields, "isolated") is True,
        read_forwards(notes, fields.get("forward"), near.replicas),
    )


def _check_mtu(notes: Notes, end: End) -> None:
    """The kernel takes IPv6 off a link below the least MTU of IPv6 (RFC 8200, 5)."""
    field = end.draft.fields.get("mtu")
    is_v6 = any(address and address.version == 6 for address, _ in end.addresses)
    if field and not field.refused and end.mtu and end.mtu < IPV6_LEAST_MTU and is_v6:
        message = f"mtu {end.mtu} is too small for an IPv6 address; it takes {IPV6_LEAST_MTU}"
        notes.error("mtu-too-small", field.at, message)


def _warn_of_loose_end(notes: Notes, end: End) -> None:
    if not end.draft.partial:
        message = f"{end.draft.dev} of {end.owner} is joined to nothing"
        help_ = "name a bridge or a peer; or is it one end of a wire, and its dev is misspelt?"
        notes.warning("joined-to-nothing", end.draft.at, message, help_)


def _kind(end: End) -> str:
    return text(end.draft.fields, "type") or VETH


def _counted(end: End) -> str:
    replicas = "replica" if end.replicas == 1 else "replicas"
    return f"{end.owner} has {end.replicas} {replicas}"


def _check_keys(notes: Notes, end: End, schema: dict[str, Any]) -> None:
    fields, kind = end.draft.fields, _kind(end)
    if "type" in fields and fields["type"].refused:
        return
    for key in link_keys_not_for(kind) & fields.keys():
        if not fields[key].refused:
            message, help_ = not_for_type(key, kind, kinds_with(schema, key))
            notes.error("key-not-for-type", fields[key].key_at, message, help_)
    if end.draft.far is not None and kind != VETH and not end.draft.partial:
        at = end.draft.far_at or end.draft.at
        message, help_ = not_for_type("peer", kind, [VETH])
        notes.error("key-not-for-type", at, message, help_)
    _check_mode(notes, end, kind, schema)
    needed = ("outer-dev",) if kind in _NEED_PARENT else ()
    for key in (*needed, "vlanid") if kind == "vlan" else needed:
        if key not in fields and not end.draft.partial:
            takes = schema["properties"][key]["errorMessage"]
            message = f'a link of type {kind} needs the key "{key}"'
            notes.error("missing-key", end.draft.at, message, f"it {takes}")


def _check_mode(notes: Notes, end: End, kind: str, schema: dict[str, Any]) -> None:
    """The schema checks it too, but only where type and mode stand in one item."""
    mode = end.draft.fields.get("mode")
    if mode is None or mode.refused or "mode" in link_keys_not_for(kind):
        return
    branch = next(
        branch["then"]["properties"]
        for branch in schema["allOf"]
        if branch["if"]["properties"]["type"]["const"] == kind
    )
    if mode.value not in branch["mode"]["enum"]:
        help_ = near_or_all(str(mode.value), branch["mode"]["enum"], "there are")
        message = f'mode takes a mode of the link\'s type; "{mode.value}" is none'
        notes.error("unknown-mode", mode.at, message, help_)


def _check_joined(notes: Notes, end: End, wired: bool) -> None:
    fields = end.draft.fields
    if _kind(end) != VETH or end.draft.partial:
        return
    if wired and "outer-dev" in fields:
        message = "a wire has no outer end: both its ends are inside nodes"
        notes.error("needs-bridge", fields["outer-dev"].key_at, message, "leave outer-dev out")
    for key in _OF_BRIDGE_PORTS:
        if key in fields and (wired or "bridge" not in fields):
            message = f"{key} is for links that lead to a bridge"
            notes.error("needs-bridge", fields[key].key_at, message)
    if "forward" in fields and "ip" not in fields:
        message = "forward needs ip: where should the traffic go?"
        notes.error("forward-needs-ip", fields["forward"].key_at, message)
