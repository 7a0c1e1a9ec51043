"""A `Topology` as JSON text and back, without loss: how the CLI hands it to the runtime.

The walk follows the type hints of the dataclasses, so a field added there needs nothing here.
Fields that hold their default are left out.
"""

from __future__ import annotations

import dataclasses
import functools
import ipaddress
import json
import types
from collections.abc import Callable
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from conlink_compose.topology import Topology

_ADDRESS_TYPES: dict[frozenset[type], Callable[[str], Any]] = {
    frozenset({ipaddress.IPv4Address, ipaddress.IPv6Address}): ipaddress.ip_address,
    frozenset({ipaddress.IPv4Interface, ipaddress.IPv6Interface}): ipaddress.ip_interface,
    frozenset({ipaddress.IPv4Network, ipaddress.IPv6Network}): ipaddress.ip_network,
}
_ADDRESSES = tuple(member for pair in _ADDRESS_TYPES for member in pair)

Read = Callable[[Any], Any]


def dump(value: Any) -> str:
    """A topology, or another dataclass of such values, as one line of JSON."""
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def load(text: str) -> Topology:
    """The topology that `dump` wrote.

    Raises ValueError (json.JSONDecodeError is one), KeyError or TypeError for any other text.
    """
    topology: Topology = load_as(Topology, text)
    return topology


def load_as(kind: type, text: str) -> Any:
    """The dataclass of that kind that `dump` wrote. Raises as `load` does."""
    return _reader(kind)(json.loads(text))


def _plain(value: Any) -> Any:
    if isinstance(value, _ADDRESSES):
        return str(value)
    if hasattr(value, "__dataclass_fields__"):
        return {
            name: _plain(getattr(value, name))
            for name, default in _defaults_of(value.__class__).items()
            if getattr(value, name) != default
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


@functools.cache
def _defaults_of(record: Any) -> dict[str, Any]:
    return {field.name: _default(field) for field in dataclasses.fields(record)}


def _default(field: dataclasses.Field[Any]) -> Any:
    """The value a left out field has; `MISSING`, which equals nothing, where it has none."""
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


@functools.cache
def _reader(hint: Any) -> Read:
    """What turns plain data into a value of the type `hint`."""
    if dataclasses.is_dataclass(hint) or hasattr(hint, "_fields"):
        return _record_reader(hint)
    origin, members = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union_reader(frozenset(members))
    if origin is tuple:
        return _tuple_reader(members)
    if origin is Literal or hint in (str, int, bool, float):
        return _same
    raise TypeError(f"no JSON form for {hint}")


def _same(value: Any) -> Any:
    return value


def _record_reader(record: Any) -> Read:
    """A dataclass is a map of its fields, a named tuple a list of them."""
    readers = {name: _reader(hint) for name, hint in get_type_hints(record).items()}
    plain = all(reader is _same for reader in readers.values())

    def read(data: Any) -> Any:
        if isinstance(data, dict):
            return record(**{name: readers[name](item) for name, item in data.items()})
        if plain:  # a Span: there are two for each link
            return record._make(data)
        return record(*(one(item) for one, item in zip(readers.values(), data, strict=True)))

    return read


def _union_reader(members: frozenset[Any]) -> Read:
    some = members - {type(None)}
    inner = _ADDRESS_TYPES.get(some) or _reader(*some)
    return lambda data: None if data is None else inner(data)


def _tuple_reader(members: tuple[Any, ...]) -> Read:
    if members[-1] is Ellipsis:
        item = _reader(members[0])
        return lambda data: tuple(map(item, data))
    readers = [_reader(member) for member in members]
    return lambda data: tuple(read(part) for read, part in zip(readers, data, strict=True))
