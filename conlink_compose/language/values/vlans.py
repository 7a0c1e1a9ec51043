"""`vlan` of a bridge port: an id or a map, to `Vlan`."""

from __future__ import annotations

from typing import Any

from conlink_compose.document.tree import List, Map
from conlink_compose.language.fields import Field, fields_of, whole
from conlink_compose.language.notes import Notes
from conlink_compose.topology import Vlan


def read_vlan(notes: Notes, field: Field | None, link_schema: dict[str, Any]) -> Vlan | None:
    if field is None or field.refused:
        return None
    schema = link_schema["properties"]["vlan"]
    if not isinstance(field.value, Map):
        access = whole(notes, {"access": field}, "access", schema)
        return Vlan(access, span=field.at)
    fields = fields_of(field.value)
    access = whole(notes, fields, "access", schema)
    native = whole(notes, fields, "native", schema)
    trunk = _trunk(notes, fields.get("trunk"), schema)
    if ("access" in fields) == bool("trunk" in fields or "native" in fields):
        message = "a port has either access, or trunk with an optional native"
        notes.error("bad-vlan", field.at, message)
    elif native is not None and not trunk:
        notes.error("bad-vlan", field.at, "native is one id of a trunk, and there is no trunk")
    return Vlan(access, trunk, native, field.at)


def _trunk(notes: Notes, field: Field | None, schema: dict[str, Any]) -> tuple[int, ...]:
    if field is None or not isinstance(field.value, List):
        return ()
    ids: list[int] = []
    for value, at in zip(field.value, field.value.values_at, strict=True):
        one = Field(value, at, at)
        number = whole(notes, {"access": one}, "access", schema)
        if number in ids:
            notes.error("bad-vlan", at, f"{number} is in the trunk already")
        elif number is not None:
            ids.append(number)
    return tuple(ids)
