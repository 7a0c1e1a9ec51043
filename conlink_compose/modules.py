"""A package in which each module is one kind or mode, found by its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cached_property
from typing import Generic, TypeVar, cast

Offer = TypeVar("Offer")
"""What each of its modules offers."""


class Modules(Generic[Offer]):
    """Those of one package. Each is imported when it is asked for, and not before."""

    def __init__(self, package: str, path: Iterable[str]) -> None:
        self._package = package
        self._path = path

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(module.name for module in pkgutil.iter_modules(self._path)))

    def __getitem__(self, name: str) -> Offer:
        """Raises `KeyError` where there is none of that name."""
        if name not in self.names:
            raise KeyError(name)
        return cast("Offer", importlib.import_module(f"{self._package}.{name}"))
