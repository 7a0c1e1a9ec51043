"""What is said of a bridge port: `vlan`, an id or a map, and `forward`, as `"8080:80/tcp"`."""

from __future__ import annotations

import re
from typing import Any, Literal, cast

from conlink_compose.document.tree import List, Map
from conlink_compose.language.fields import Field, fields_of, texts, whole
from conlink_compose.language.report import Report
from conlink_compose.topology import Forward, Vlan

_FORWARD = re.compile(r"([0-9]+):([0-9]+)(?:/(tcp|udp))?\Z")
_PORTS = range(1, 65536)


def read_vlan(report: Report, field: Field | None, link_schema: dict[str, Any]) -> Vlan | None:
    if field is None or field.refused:
        return None
    schema = link_schema["properties"]["vlan"]
    if not isinstance(field.value, Map):
        access = whole(report, {"access": field}, "access", schema)
        return Vlan(access, span=field.at)
    fields = fields_of(field.value)
    access = whole(report, fields, "access", schema)
    native = whole(report, fields, "native", schema)
    trunk = _trunk(report, fields.get("trunk"), schema)
    if ("access" in fields) == bool("trunk" in fields or "native" in fields):
        message = "a port has either access, or trunk with an optional native"
        report.error("bad-vlan", field.at, message)
    elif native is not None and not trunk:
        report.error("bad-vlan", field.at, "native is one id of a trunk, and there is no trunk")
    return Vlan(access, trunk, native, field.at)


def _trunk(report: Report, field: Field | None, schema: dict[str, Any]) -> tuple[int, ...]:
    if field is None or not isinstance(field.value, List):
        return ()
    ids: list[int] = []
    for value, at in zip(field.value, field.value.values_at, strict=True):
        one = Field(value, at, at)
        number = whole(report, {"access": one}, "access", schema)
        if number in ids:
            report.error("bad-vlan", at, f"{number} is in the trunk already")
        elif number is not None:
            ids.append(number)
    return tuple(ids)


def read_forwards(report: Report, field: Field | None, replicas: int) -> tuple[Forward, ...]:
    """The forwards; those that are none are left out, told. Without a protocol it is tcp."""
    forwards: list[Forward] = []
    for text, at in texts(field) if field else ():
        found = _FORWARD.match(text)
        if not found:
            message = f'forward takes OUTER:INNER/tcp or /udp; this is "{text}"'
            report.error("bad-forward", at, message, _instead(text))
            continue
        outer, inner = int(found[1]), int(found[2])
        wrong = next((n for n, port in ((1, outer), (2, inner)) if port not in _PORTS), None)
        if wrong is not None:
            place = report.part(at, text, *found.span(wrong))
            message = f"a port is from 1 to 65535; this is {int(found[wrong])}"
            report.error("bad-forward", place, message)
        elif outer + max(replicas, 1) - 1 not in _PORTS:
            message = f"port {outer} plus {replicas - 1} for replica {replicas} is no port"
            report.error("bad-forward", at, message, "begin with a smaller one")
        else:
            protocol = cast("Literal['tcp', 'udp']", found[3] or "tcp")
            forwards.append(Forward(outer, inner, protocol, at))
    return tuple(forwards)


def _instead(text: str) -> str:
    """What to write in place of what Compose's `ports` takes and `forward` does not."""
    if text.count(":") > 1:
        return "which address of the machine leads to OUTER, `ports` says, under `runtime`"
    if "-" in text:
        return "write each port of a range as an item of its own"
    return 'as in "8080:80/tcp"'
