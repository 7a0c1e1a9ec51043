"""The modes of bridges, one module each, found by its name: `bridges/<mode>.py`. Pure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Protocol, cast

from conlink_compose.state import Interface
from conlink_compose.topology import Bridge


class Mode(Protocol):
    """What a module in this package offers."""

    def expand(self, bridge: Bridge, name: str) -> Iterator[Interface]:
        """The interfaces in the hub it is made of; `name` is the bridge's name there."""
        ...


def modes() -> tuple[str, ...]:
    """The names of all modes there are."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def mode(name: str) -> Mode:
    """The module of one mode; `auto` is `linux`. Raises `KeyError` where there is none."""
    name = "linux" if name == "auto" else name
    if name not in modes():
        raise KeyError(name)
    return cast("Mode", importlib.import_module(f"{__name__}.{name}"))
