"""A key of the language as a row of a table: two values of it, who is asked for it and what that
one tells, and the hand that takes it away."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pytest

from tests.keys.shapes import NEAR, Shape

HUB = "(hub)"


class Ask(NamedTuple):
    """A program that is run in a node, and what is wanted of its answer: a path as `0.mtu`, or what
    else makes one value of it. `NODE` stands for the node the key is said of, `OUTER` for its end
    in the hub. Where the program fails there is None."""

    node: str
    words: str
    wanted: str | Callable[[Any], Any]

    def read(self, answer: str) -> Any:
        found = json.loads(answer or "[]") if " -j " in self.words else answer
        return self.wanted(found) if callable(self.wanted) else _at(found, self.wanted)


class Hand(NamedTuple):
    """A program by which somebody takes away what is declared."""

    node: str
    words: str


@dataclass(frozen=True)
class Row:
    """`before` and `after` are what is said where `key` belongs, `told` what is then told. It holds
    several keys where their names stand in `key`, apart by spaces.

    `second` is what is told of replica 2 where the number moves it. `anew`: the kernel cannot
    change it in place. `required`: without it there is no such thing.
    """

    key: str
    before: dict[str, Any]
    after: dict[str, Any]
    ask: Ask
    told: tuple[Any, Any]
    away: Hand
    on: tuple[Shape, ...] = NEAR
    second: tuple[Any, Any] | None = None
    anew: bool = False
    required: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.key.split())

    def called(self, key: str, on: tuple[Shape, ...]) -> Row:
        """The same of another place where it may be said."""
        return replace(self, key=key, on=on)


def _at(found: Any, path: str) -> Any:
    for step in path.split("."):
        try:
            found = found[int(step)] if isinstance(found, list) else found.get(step)
        except IndexError:
            return None
        if found is None:
            return None
    return found


def link(path: str, node: str = "NODE", dev: str = "eth0") -> Ask:
    return Ask(node, f"ip -j -d link show dev {dev}", f"0.{path}")


def names(node: str, *kinds: str) -> Ask:
    """Of the interfaces of those kinds."""
    return Ask(
        node,
        "ip -j -d link show",
        lambda found: sorted(
            one["ifname"] for one in found if one.get("linkinfo", {}).get("info_kind") in kinds
        ),
    )


def flag(name: str) -> Callable[[Any], Any]:
    return lambda found: name in found[0]["flags"] if found else None


def matches(pattern: str) -> Callable[[str], list[str]]:
    """What a program tells that has no JSON."""
    return lambda text: sorted(set(re.findall(pattern, text)))


def cidrs(family: int, node: str = "NODE") -> Ask:
    """All but the link-local ones, and those that the hub has in a node's network."""
    return Ask(
        node,
        f"ip -j -{family} addr show dev eth0",
        lambda found: [
            f"{one['local']}/{one['prefixlen']}"
            for link in found
            for one in link.get("addr_info", ())
            if one["scope"] == "global"
        ],
    )


def cases(*tables: tuple[Row, ...]) -> list[Any]:
    """For pytest: each row on each of its networks."""
    return [
        pytest.param(row, shape, id=f"{row.key}-{shape.name}")
        for table in tables
        for row in table
        for shape in row.on
    ]
