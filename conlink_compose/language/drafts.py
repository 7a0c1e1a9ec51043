"""From pieces to drafts: an interface as all files together declare it, still unread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conlink_compose.diagnostics import Span
from conlink_compose.language.fields import Fields
from conlink_compose.language.notes import Notes
from conlink_compose.language.pieces import Key, Piece
from conlink_compose.language.project import Project
from conlink_compose.topology import Owner


@dataclass(slots=True)
class Draft:
    """`at` and `order` are those of its first own piece in the order of the files."""

    key: Key
    at: Span
    dev_at: Span
    order: tuple[int, int, int, bool]
    own: bool
    fields: Fields = field(default_factory=dict)
    far: Key | None = None
    far_at: Span | None = None
    near: bool = True
    partial: bool = False

    @property
    def owner(self) -> Owner:
        return self.key[0]

    @property
    def dev(self) -> str:
        return self.key[1]


def merge(notes: Notes, project: Project, pieces: Iterable[Piece]) -> dict[Key, Draft]:
    """Pieces of the same node and dev become one, field by field, the stronger winning."""
    drafts: dict[Key, Draft] = {}
    seen: dict[tuple[Key, tuple[object, ...]], Piece] = {}
    for piece in sorted(pieces, key=lambda piece: piece.entry.rank):
        first = seen.setdefault((piece.key, piece.entry.source), piece)
        if first is not piece:
            _twice(notes, piece.key, piece.dev_at, first.dev_at)
            continue
        draft = drafts.get(piece.key)
        order, own = (*piece.entry.order, not piece.near), piece.entry.rank.own
        if draft is None:
            draft = Draft(piece.key, piece.entry.at, piece.dev_at, order, own)
            drafts[piece.key] = draft
        elif (not own, order) < (not draft.own, draft.order):
            draft.order, draft.own = order, own
            draft.at, draft.dev_at = piece.entry.at, piece.dev_at
        draft.fields.update(piece.fields)
        draft.partial |= piece.partial
        if piece.far:
            draft.far, draft.far_at, draft.near = piece.far, piece.far_at, piece.near
    _check_containers(notes, project, drafts)
    _check_wires(notes, drafts)
    return dict(sorted(drafts.items(), key=lambda item: item[1].order))


def _twice(notes: Notes, key: Key, at: Span, first: Span) -> None:
    owner, dev = key
    message = f"{owner} has an interface {dev} already, at {first}"
    notes.error("dev-twice", at, message, "give this one another dev")


def _check_containers(notes: Notes, project: Project, drafts: dict[Key, Draft]) -> None:
    """A container's interface may not have the name of one that all its service's replicas have."""
    for (owner, dev), draft in drafts.items():
        service = project.service_of(owner)
        if service != owner and (service, dev) in drafts:
            _twice(notes, draft.key, draft.dev_at, drafts[service, dev].dev_at)


def _check_wires(notes: Notes, drafts: dict[Key, Draft]) -> None:
    for key, draft in drafts.items():
        if draft.far is None:
            continue
        far = drafts[draft.far]
        if far.far != key and far.far is not None:
            owner, dev = draft.far
            other, other_dev = far.far
            message = f"{dev} of {owner} is wired to {other_dev} of {other} already"
            notes.error("wired-twice", draft.far_at, f"{message}, at {far.far_at}")
        if "bridge" in draft.fields:
            at = draft.fields["bridge"].key_at
            message = f"{draft.dev} of {draft.owner} is the end of a wire, at {draft.far_at}"
            help_ = "a link leads to a bridge, or to a peer, not to both"
            notes.error("bridge-and-wire", at, message, help_)
