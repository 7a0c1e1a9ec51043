"""From declarations to the ends of links, merged over all files.

A *layer* is what one item of a `links` list says about one interface: a wire, by `peer` or by
`endpoints`, is two interfaces, so its item gives two layers. `merge` lays those of the same
interface over each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from conlink_compose.diagnostics import Span
from conlink_compose.document.tree import List, Map
from conlink_compose.language.declarations import OWNER_KEYS, Declaration, owner_of
from conlink_compose.language.fields import Field, Fields, RefusedPaths, fields_of
from conlink_compose.language.project import Project
from conlink_compose.language.report import Report
from conlink_compose.language.values.devices import check_device
from conlink_compose.topology import Owner

EndKey: TypeAlias = tuple[Owner, str]
"""Whose interface, and its name (`dev`) there: what layers are told apart by."""

DEV = "eth0"
NAMING = frozenset((*OWNER_KEYS, "dev", "peer", "endpoints"))
"""The keys that say which interface is meant; all others say how it is to be."""
BOTH_ENDS = frozenset(("type", "mtu", "netem", "ethtool", "up"))
"""What may stand beside `endpoints`, and then holds for both of them."""


@dataclass(slots=True)
class Layer:
    """What one item says about one end. `far` is the other end of a wire; `near` tells the end
    that was named first; `partial`, that not all of it could be read."""

    key: EndKey
    dev_at: Span
    declaration: Declaration
    fields: Fields
    far: EndKey | None = None
    far_at: Span | None = None
    near: bool = True
    partial: bool = False


class LayerReader:
    """Cuts declarations into layers. `partial` collects the owners whose links are not all known,
    `all_partial` tells that these may be anybody's."""

    def __init__(self, report: Report, project: Project, refused: RefusedPaths) -> None:
        self._report = report
        self._project = project
        self._refused = refused
        self.partial: set[Owner] = set()
        self.all_partial = False

    def layers_of(self, declaration: Declaration) -> Iterator[Layer]:
        fields = fields_of(declaration.item, declaration.path, self._refused)
        partial = bool(self._refused) and self._refused.below(declaration.path)
        if "endpoints" in fields:
            yield from self._short_wire(declaration, fields, partial)
            return
        key = self._key(fields, declaration.owner, declaration.at, "link")
        if key is None or partial:
            self._note_partial(key[0] if key else declaration.owner)
        if key is None:
            self.all_partial |= "peer" in fields  # which may be anybody's other end
            return
        dev_at = _dev_at(fields, declaration.at)
        layer = Layer(key, dev_at, declaration, _rest(fields), partial=partial)
        if "peer" in fields:
            yield from self._long_wire(layer, fields["peer"])
        else:
            yield layer

    def _note_partial(self, owner: Owner | None) -> None:
        if owner is None:
            self.all_partial = True
        else:
            self.partial.add(owner)

    def _key(self, fields: Fields, default: Owner | None, at: Span, what: str) -> EndKey | None:
        owner = owner_of(self._report, self._project, fields, default, (what, at))
        dev = fields.get("dev")
        if owner is None or (dev and dev.refused):
            return None
        name = str(dev.value) if dev else DEV
        if dev and not check_device(self._report, "dev", name, dev.at):
            return None
        return (owner, name)

    def _long_wire(self, near: Layer, peer: Field) -> Iterator[Layer]:
        path = (*near.declaration.path, "peer")
        fields = fields_of(peer.value, path, self._refused) if isinstance(peer.value, Map) else None
        key = self._key(fields, None, peer.at, "peer") if fields is not None else None
        if fields is None or key is None:
            self.all_partial = near.partial = True
            yield near
            return
        if peer.refused:
            self.partial.add(key[0])
        dev_at = _dev_at(fields, peer.at)
        far = Layer(key, dev_at, near.declaration, _rest(fields), partial=peer.refused)
        yield from self._joined(near, far, peer.at)

    def _joined(self, near: Layer, far: Layer, at: Span) -> Iterator[Layer]:
        if near.key == far.key:
            owner, dev = near.key
            message = f"both ends of this wire are {dev} of {owner}"
            self._report.error("wire-to-itself", far.dev_at, message)
            self.partial.add(owner)
            near.partial = True
            yield near
            return
        near.far, near.far_at = far.key, at
        far.far, far.far_at, far.near = near.key, at, False
        yield near
        yield far

    def _short_wire(
        self, declaration: Declaration, fields: Fields, partial: bool
    ) -> Iterator[Layer]:
        for key, one in fields.items():
            if key not in BOTH_ENDS and key != "endpoints":
                message = f"{key} cannot stand beside endpoints"
                self._report.error("key-beside-endpoints", one.key_at, message, _instead(key))
                partial = True
        ends = fields["endpoints"].value
        if not isinstance(ends, List) or len(ends) != 2:
            self.all_partial = True
            return
        keys = [self._end(str(end), at) for end, at in zip(ends, ends.values_at, strict=True)]
        if keys[0] is None or keys[1] is None:
            self.all_partial = True
            return
        shared = {key: one for key, one in fields.items() if key in BOTH_ENDS}
        near, far = (
            Layer(key, at, declaration, shared, partial=partial)
            for key, at in zip((keys[0], keys[1]), ends.values_at, strict=True)
        )
        yield from self._joined(near, far, ends.values_at[1])

    def _end(self, end: str, at: Span) -> EndKey | None:
        """`r1:eth1` or `container:web-2:eth1`."""
        parts = end.split(":")
        if len(parts) == 3 and parts[0] in OWNER_KEYS:
            kind, name, dev = parts
        elif len(parts) == 2:
            kind, name, dev = "", parts[0], parts[1]
        else:
            name = dev = kind = ""
        if not name or not dev:
            message = f'an end is NODE:DEV, as in "r1:eth1"; this is "{end}"'
            self._report.error("bad-endpoint", at, message)
            return None
        if not kind:
            kind = "host" if Owner("host", name) in self._project.members else "service"
        within = self._report.within
        owner = self._project.named(self._report, kind, name, within(at, name))
        good = check_device(self._report, "dev", dev, within(at, f":{dev}"))
        return (owner, dev) if owner and good else None


def _instead(key: str) -> str | None:
    if key in ("ip", "mac", "route", "nat"):
        return f"{key} belongs to one end: give it in that node's own links, or write peer instead"
    if key in (*OWNER_KEYS, "dev"):
        return "endpoints name both nodes and both interfaces"
    if key in ("bridge", "peer"):
        return "a link leads to a bridge, or to a peer, or is a wire between endpoints"
    return "it needs a bridge, and a wire has none"


def _dev_at(fields: Fields, at: Span) -> Span:
    return fields["dev"].at if "dev" in fields else at


def _rest(fields: Fields) -> Fields:
    return {key: one for key, one in fields.items() if key not in NAMING}


@dataclass(slots=True)
class MergedEnd:
    """An end of a link as all files together declare it, its values still unread.

    `at` and `order` are those of its first own layer in the order of the files.
    """

    key: EndKey
    at: Span
    dev_at: Span
    order: tuple[int, int, int, bool]
    own: bool
    fields: Fields = field(default_factory=dict)
    far: EndKey | None = None
    far_at: Span | None = None
    near: bool = True
    partial: bool = False

    @property
    def owner(self) -> Owner:
        return self.key[0]

    @property
    def dev(self) -> str:
        return self.key[1]


def merge(report: Report, layers: Iterable[Layer]) -> dict[EndKey, MergedEnd]:
    """Layers of the same interface become one end, field by field, the stronger winning."""
    ends: dict[EndKey, MergedEnd] = {}
    for layer in _each_once(report, sorted(layers, key=lambda layer: layer.declaration.rank)):
        declaration = layer.declaration
        end = ends.get(layer.key)
        order, own = (*declaration.order, not layer.near), declaration.rank.own
        if end is None:
            end = MergedEnd(layer.key, declaration.at, layer.dev_at, order, own)
            ends[layer.key] = end
        elif (not own, order) < (not end.own, end.order):
            end.order, end.own = order, own
            end.at, end.dev_at = declaration.at, layer.dev_at
        end.fields.update(layer.fields)
        end.partial |= layer.partial
        if layer.far:
            end.far, end.far_at, end.near = layer.far, layer.far_at, layer.near
    return dict(sorted(ends.items(), key=lambda item: item[1].order))


def doubt(ends: Iterable[MergedEnd]) -> None:
    """Where a link could not be read, it may be that by which an end leads somewhere."""
    for end in ends:
        end.partial |= end.far is None and "bridge" not in end.fields


def _each_once(report: Report, layers: Iterable[Layer]) -> list[Layer]:
    """Those that are no second one of their list. A wire whose other end is, leads nowhere yet."""
    kept: dict[tuple[EndKey, tuple[object, ...]], Layer] = {}
    cut: set[int] = set()
    for layer in layers:
        declaration = layer.declaration
        first = kept.setdefault((layer.key, declaration.source), layer)
        if first is not layer:
            in_service = declaration.owner is not None
            tell_twice(report, layer.key, layer.dev_at, first.dev_at, _apart(in_service))
            cut.add(id(declaration))
    for layer in kept.values() if cut else ():
        if id(layer.declaration) in cut:
            layer.far, layer.partial = None, True
    return list(kept.values())


def _apart(in_service: bool) -> str:
    """What to do about two items of one list that speak of the same interface."""
    if in_service:
        return "give this one another dev, or write both as one link"
    return (
        "links of one list do not merge: give this one another dev, "
        "or move it into the service's own block or another -f file, which do"
    )


def tell_twice(
    report: Report, key: EndKey, at: Span, first: Span, help_: str = "give this one another dev"
) -> None:
    owner, dev = key
    message = f"{owner} has an interface {dev} already, at {first}"
    report.error("dev-twice", at, message, help_)
