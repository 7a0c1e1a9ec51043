"""A plan as text."""

from __future__ import annotations

from collections.abc import Iterable

from conlink_compose.reconcile.text import describe
from conlink_compose.state import Operation


def describe_plan(plan: Iterable[Operation]) -> str:
    """Every operation on its line, closed by a newline; empty for an empty plan."""
    return "".join(f"{describe(operation)}\n" for operation in plan)
