"""The modes of bridges, one module each, found by its name: `bridges/<mode>.py`. Pure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol, cast

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.state import Interface, Thing
from conlink_compose.topology import Bridge, Vlan

AUTO = "auto"


def any_number(bridge: Bridge, ends: int) -> Iterator[Diagnostic]:
    """The `check_ends` of a mode that joins as many as come."""
    del bridge, ends
    yield from ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the language asks of a mode.

    `port_keys` are what a link can say of its port there. `vlan_filtering`: VLANs on its ports
    need that knob. `knobs`: it has those of a switch at all. `check_ends` judges how many ends it
    has, links and tunnels.
    """

    port_keys: frozenset[str] = frozenset()
    vlan_filtering: bool = True
    knobs: bool = True
    check_ends: Callable[[Bridge, int], Iterator[Diagnostic]] = any_number


@dataclass(frozen=True, slots=True)
class Port:
    """An end in the hub that a bridge joins: its name there, and where it is declared.

    A `tunnel` leads to another machine, where members of each VLAN may be.
    """

    name: str
    vlan: Vlan | None = None
    tunnel: bool = False
    span: Span | None = None


_NOT_BUILT = {
    "ovs": Rules(frozenset(("forward", "vlan")), vlan_filtering=False),
}
"""The modes that the language has and this version cannot bring up; each leaves for its module."""


@cache
def rules(name: str) -> Rules:
    """What may be written of a mode of the language. Raises `KeyError` where there is none.

    How many ends `auto` takes is open: it may be another mode than `linux` one day.
    """
    if name == AUTO:
        return replace(mode(AUTO).RULES, check_ends=any_number)
    return _NOT_BUILT[name] if name in _NOT_BUILT else mode(name).RULES


def modes_with(key: str) -> list[str]:
    """The modes whose ports can be told `key`."""
    return [name for name in sorted((*modes(), *_NOT_BUILT)) if key in rules(name).port_keys]


class Mode(Protocol):
    """What a module in this package offers."""

    RULES: Rules
    """What may be written of it and of its ports."""

    IS_INTERFACE: bool
    """Whether there is an interface of its name, which its ports are ports of."""

    def needs(self, bridge: Bridge) -> frozenset[str]:
        """What it asks of the kernel, as things do, to find out what is missing."""
        ...

    def expand(self, bridge: Bridge, name: str) -> Iterator[Interface]:
        """The interfaces in the hub it is made of; `name` is the bridge's name there."""
        ...

    def on_ports(
        self, bridge: Bridge, ports: Sequence[Port]
    ) -> Iterator[tuple[Thing, Span | None]]:
        """What there is on its ports beside the interfaces, and where that is declared."""
        ...


def modes() -> tuple[str, ...]:
    """The names of all modes that can be brought up."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def mode(name: str) -> Mode:
    """The module of one mode; `auto` is `linux`. Raises `KeyError` where there is none."""
    name = "linux" if name == AUTO else name
    if name not in modes():
        raise KeyError(name)
    return cast("Mode", importlib.import_module(f"{__name__}.{name}"))
