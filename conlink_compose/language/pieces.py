"""From the items of `links` lists to pieces: what one item says about one interface.

A wire, by `peer` or by `endpoints`, is two interfaces, so it gives two pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from conlink_compose.diagnostics import Span
from conlink_compose.document.tree import List, Map
from conlink_compose.language.devices import check_device
from conlink_compose.language.entries import Entry
from conlink_compose.language.fields import Faults, Field, Fields, fields_of
from conlink_compose.language.notes import Notes
from conlink_compose.language.owners import KINDS, owner_of
from conlink_compose.language.project import Project
from conlink_compose.topology import Owner

Key: TypeAlias = tuple[Owner, str]

DEV = "eth0"
PLACING = frozenset((*KINDS, "dev", "peer", "endpoints"))
"""The keys that say which interface is meant; all others say how it is to be."""
BOTH_ENDS = frozenset(("type", "mtu", "netem", "ethtool", "up"))
"""What may stand beside `endpoints`, and then holds for both of them."""


@dataclass(slots=True)
class Piece:
    """`far` is the other end of a wire; `near` tells the end that was named first."""

    key: Key
    dev_at: Span
    entry: Entry
    fields: Fields
    far: Key | None = None
    far_at: Span | None = None
    near: bool = True
    partial: bool = False


class Pieces:
    """Cuts entries into pieces. `partial` collects the owners whose links are not all known."""

    def __init__(self, notes: Notes, project: Project, faults: Faults) -> None:
        self._notes = notes
        self._project = project
        self._faults = faults
        self.partial: set[Owner] = set()
        self.all_partial = False

    def of(self, entry: Entry) -> Iterator[Piece]:
        fields = fields_of(entry.item, entry.path, self._faults)
        partial = bool(self._faults) and self._faults.below(entry.path)
        if "endpoints" in fields:
            yield from self._short_wire(entry, fields, partial)
            return
        key = self._key(fields, entry.owner, entry.at, "link")
        if key is None or partial:
            self._note_partial(key or (entry.owner, ""))
        if key is None:
            return
        piece = Piece(key, _dev_at(fields, entry.at), entry, _rest(fields), partial=partial)
        if "peer" in fields:
            yield from self._long_wire(piece, fields["peer"])
        else:
            yield piece

    def _note_partial(self, key: tuple[Owner | None, str]) -> None:
        if key[0] is None:
            self.all_partial = True
        else:
            self.partial.add(key[0])

    def _key(self, fields: Fields, default: Owner | None, at: Span, what: str) -> Key | None:
        owner = owner_of(self._notes, self._project, fields, default, (what, at))
        dev = fields.get("dev")
        if owner is None or (dev and dev.refused):
            return None
        name = str(dev.value) if dev else DEV
        if dev and not check_device(self._notes, "dev", name, dev.at):
            return None
        return (owner, name)

    def _long_wire(self, near: Piece, peer: Field) -> Iterator[Piece]:
        path = (*near.entry.path, "peer")
        if not isinstance(peer.value, Map):
            self.all_partial = True
            return
        fields = fields_of(peer.value, path, self._faults)
        far = self._key(fields, None, peer.at, "peer")
        if far is None:
            self._note_partial((None, ""))
            yield near
            return
        partial = peer.refused
        if partial:
            self.partial.add(far[0])
        far_piece = Piece(far, _dev_at(fields, peer.at), near.entry, _rest(fields), partial=partial)
        yield from self._joined(near, far_piece, peer.at)

    def _joined(self, near: Piece, far: Piece, at: Span) -> Iterator[Piece]:
        if near.key == far.key:
            owner, dev = near.key
            message = f"both ends of this wire are {dev} of {owner}"
            self._notes.error("wire-to-itself", far.dev_at, message)
            return
        near.far, near.far_at = far.key, at
        far.far, far.far_at, far.near = near.key, at, False
        yield near
        yield far

    def _short_wire(self, entry: Entry, fields: Fields, partial: bool) -> Iterator[Piece]:
        for key, field in fields.items():
            if key not in BOTH_ENDS and key != "endpoints":
                message = f"{key} cannot stand beside endpoints"
                self._notes.error("key-beside-endpoints", field.key_at, message, _instead(key))
                partial = True
        ends = fields["endpoints"]
        if not isinstance(ends.value, List) or len(ends.value) != 2:
            self.all_partial = True
            return
        keys = [
            self._end(str(end), at)
            for end, at in zip(ends.value, ends.value.values_at, strict=True)
        ]
        if keys[0] is None or keys[1] is None:
            self.all_partial = True
            return
        shared = {key: field for key, field in fields.items() if key in BOTH_ENDS}
        near, far = (
            Piece(key, at, entry, shared, partial=partial)
            for key, at in zip((keys[0], keys[1]), ends.value.values_at, strict=True)
        )
        yield from self._joined(near, far, ends.value.values_at[1])

    def _end(self, end: str, at: Span) -> Key | None:
        """`r1:eth1` or `container:web-2:eth1`."""
        parts = end.split(":")
        if len(parts) == 3 and parts[0] in KINDS:
            kind, name, dev = parts
        elif len(parts) == 2:
            kind, name, dev = "", parts[0], parts[1]
        else:
            name = dev = kind = ""
        if not name or not dev:
            message = f'an end is NODE:DEV, as in "r1:eth1"; this is "{end}"'
            self._notes.error("bad-endpoint", at, message)
            return None
        if not kind:
            kind = "host" if Owner("host", name) in self._project.members else "service"
        owner = self._project.named(self._notes, kind, name, self._notes.within(at, name))
        good = check_device(self._notes, "dev", dev, self._notes.within(at, f":{dev}"))
        return (owner, dev) if owner and good else None


def _instead(key: str) -> str | None:
    if key in ("ip", "mac", "route", "nat"):
        return f"{key} belongs to one end: give it in that node's own links, or write peer instead"
    if key in (*KINDS, "dev"):
        return "endpoints name both nodes and both interfaces"
    if key in ("bridge", "peer"):
        return "a link leads to a bridge, or to a peer, or is a wire between endpoints"
    return "it needs a bridge, and a wire has none"


def _dev_at(fields: Fields, at: Span) -> Span:
    return fields["dev"].at if "dev" in fields else at


def _rest(fields: Fields) -> Fields:
    return {key: field for key, field in fields.items() if key not in PLACING}
