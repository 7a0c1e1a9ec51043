"""An operation as plain data: what `conlink-compose plan --format json` tells a program."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from conlink_compose.reconcile.text import describe
from conlink_compose.state import End, Operation, Thing


def as_dict(operation: Operation) -> dict[str, object]:
    """`text` is the line a person reads; `object` holds what is declared of the thing."""
    return {
        "verb": operation.verb,
        "object": _object(operation.thing),
        "cause": operation.cause,
        "span": operation.span._asdict() if operation.span else None,
        "text": describe(operation),
    }


def _object(thing: Thing) -> dict[str, object]:
    """`kind` is that of the interface, or else address, route or loopback."""
    dataclass: Any = thing
    names = [field.name for field in fields(dataclass) if field.name not in thing.SEEN]
    told = {name: getattr(thing, name) for name in names}
    data = dict(told.pop("data", ()))
    told.update({name: value for name, value in data.items() if name not in told})
    return {
        "kind": thing.kind_name,
        **{
            name: str(value) if isinstance(value, End) else value
            for name, value in told.items()
            if value is not None and value != ""
        },
    }
