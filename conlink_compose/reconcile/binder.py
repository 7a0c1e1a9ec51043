"""Binding anew only where something is otherwise than it was: a pass looks at the kernel two or
three times, and its topology and its nodes are mostly the same ones. At 1,000 nodes that spares a
quarter of a look."""

from __future__ import annotations

from collections.abc import Mapping

from conlink_compose.reconcile.bind import Binding, bind
from conlink_compose.reconcile.override import Override
from conlink_compose.state import End
from conlink_compose.topology import Node, Topology


class Binder:
    """Keeps the last binding, and what it was made of."""

    def __init__(self) -> None:
        self._given: tuple[object, ...] | None = None
        self._binding: Binding | None = None

    def bind(
        self,
        topology: Topology,
        nodes: tuple[Node, ...],
        missing: frozenset[str],
        overrides: Mapping[End, Override],
        machine: str,
    ) -> Binding:
        """As `reconcile.bind`. All that is given are values, so what is equal is bound alike."""
        given = (topology, nodes, missing, dict(overrides), machine)
        if self._binding is None or given != self._given:
            self._binding = bind(topology, nodes, missing, overrides, machine)
            self._given = given
        return self._binding
