"""An operation as plain data: what `conlink-compose plan --format json` tells a program."""

from __future__ import annotations

from dataclasses import fields

from conlink_compose.reconcile.text import describe
from conlink_compose.state import End, Interface, Operation, PrefixRoute, Thing

_SEEN = {"owned", "contested", "held", "carrier", "there"}
"""What is seen of a thing, and never declared."""


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
    kind = thing.kind if isinstance(thing, Interface) else type(thing).__name__.lower()
    kind = "route" if isinstance(thing, PrefixRoute) else kind
    names = [field.name for field in fields(thing) if field.name not in _SEEN]
    told = {name: getattr(thing, name) for name in names}
    return {
        "kind": kind,
        **{
            name: str(value) if isinstance(value, End) else value
            for name, value in told.items()
            if value is not None and value != ""
        },
    }
