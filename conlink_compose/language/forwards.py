"""`"8080:80/tcp"` to `Forward`."""

from __future__ import annotations

import re
from typing import Literal, cast

from conlink_compose.language.fields import Field, texts
from conlink_compose.language.notes import Notes
from conlink_compose.topology import Forward

_FORWARD = re.compile(r"([0-9]+):([0-9]+)(?:/(tcp|udp))?\Z")
_PORTS = range(1, 65536)


def read_forwards(notes: Notes, field: Field | None, replicas: int) -> tuple[Forward, ...]:
    """The forwards; those that are none are left out, told. Without a protocol it is tcp."""
    forwards: list[Forward] = []
    for text, at in texts(field) if field else ():
        found = _FORWARD.match(text)
        if not found:
            message = f'forward takes OUTER:INNER/tcp or /udp; this is "{text}"'
            notes.error("bad-forward", at, message, 'as in "8080:80/tcp"')
            continue
        outer, inner = int(found[1]), int(found[2])
        wrong = next((port for port in (outer, inner) if port not in _PORTS), None)
        if wrong is not None:
            place = notes.within(at, str(wrong))
            notes.error("bad-forward", place, f"a port is from 1 to 65535; this is {wrong}")
        elif outer + max(replicas, 1) - 1 not in _PORTS:
            message = f"port {outer} plus {replicas - 1} for replica {replicas} is no port"
            notes.error("bad-forward", at, message, "begin with a smaller one")
        else:
            protocol = cast("Literal['tcp', 'udp']", found[3] or "tcp")
            forwards.append(Forward(outer, inner, protocol, at))
    return tuple(forwards)
