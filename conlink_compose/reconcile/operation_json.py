"""An operation as plain data: what `conlink-compose plan --format json` tells a program."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
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


def _plain(value: Any) -> Any:
    """A stage of a qdisc is a map of what differs from one that does nothing."""
    if isinstance(value, End):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if not is_dataclass(value):
        return value
    told = {one.name: getattr(value, one.name) for one in fields(value)}
    usual = {one.name: one.default for one in fields(value)}
    return {name: one for name, one in told.items() if one != usual[name]}


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
            name: _plain(value) for name, value in told.items() if value is not None and value != ""
        },
    }
