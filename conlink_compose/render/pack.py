"""A topology in environment variables: `pack` for the CLI, `unpack` for the runtime.

Of all that carries data into a container this alone works with every version of Compose and a
remote engine: labels are copied into every event, `configs.content` is unknown to Compose v1, and a
bind mount needs the file on the engine's machine.
"""

from __future__ import annotations

import base64
import dataclasses
import zlib
from collections.abc import Collection, Mapping
from itertools import count
from typing import Any

from conlink_compose import topology_json
from conlink_compose.diagnostics import Diagnostic
from conlink_compose.topology import Topology

PREFIX = "CONLINK_TOPOLOGY_"
CHUNK = 96 * 1024
"""Bytes. The kernel takes 128 KiB for one string of an environment (MAX_ARG_STRLEN)."""
MOST_CHUNKS = 16
"""1.5 MiB. All strings together may have 2 MiB, a quarter of the stack's usual 8 MiB."""
_MIB = 1024 * 1024


def pack(topology: Topology) -> tuple[dict[str, str] | None, list[Diagnostic]]:
    """The variables `CONLINK_TOPOLOGY_0`, `_1`, ... None where they would be too large."""
    # The same level everywhere: a variable that differs makes Compose start the runtime again.
    packed = base64.b64encode(zlib.compress(topology_json.dump(topology).encode(), 9)).decode()
    if len(packed) > CHUNK * MOST_CHUNKS:
        size, most = len(packed) / _MIB, CHUNK * MOST_CHUNKS / _MIB
        message = f"the topology has {size:.1f} MiB when it is packed, and {most:.1f} are the most"
        advice = "an environment carries no more to the runtime; make several projects of it"
        return None, [Diagnostic("topology-too-large", message, help=advice)]
    starts = range(0, len(packed), CHUNK)
    return {f"{PREFIX}{n}": packed[at : at + CHUNK] for n, at in enumerate(starts)}, []


def unpack(environment: Mapping[str, str]) -> Topology:
    """The topology that `pack` put there. Raises ValueError, with a sentence, for anything else."""
    chunks: list[str] = []
    for number in count():
        if f"{PREFIX}{number}" not in environment:
            break
        chunks.append(environment[f"{PREFIX}{number}"])
    if not chunks:
        raise ValueError(f"there is no topology: the variable {PREFIX}0 is missing")
    try:
        text = zlib.decompress(base64.b64decode("".join(chunks), validate=True)).decode()
        return topology_json.load(text)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        found = f"the {len(chunks)} variables {PREFIX}0, ..."
        raise ValueError(f"{found} do not hold a topology: {error}") from error


def portable(topology: Topology, without: Collection[str] = ()) -> Topology:
    """What it says wherever its file lies, less the services `without`.

    The project's name and the places in the file are left out: a rendered file runs in any folder,
    and the lines that are added to it move what stands below them.
    """
    services = tuple(
        service
        for service in topology.services
        if service.owner.kind != "service" or service.owner.name not in without
    )
    topology = dataclasses.replace(topology, project="", services=services)
    stripped: Topology = _without_places(topology)
    return stripped


def _without_places(value: Any) -> Any:
    if type(value) is tuple:
        return tuple(_without_places(item) for item in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        if field.name in ("span", "places"):
            changes[field.name] = None if field.name == "span" else ()
        else:
            changes[field.name] = _without_places(getattr(value, field.name))
    return dataclasses.replace(value, **changes)
