"""What starts nodes. Each engine is a sub-package; this is all the runtime asks of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from conlink_compose.topology import Node


class Engine(Protocol):
    """`nodes` is the truth; `fileno` turns readable when it may have changed.

    What an event says is never trusted, so it has no content: `drain` only silences the
    file descriptor. A lost event, a restart of the engine or a burst of fifty changes nothing.
    """

    def nodes(self) -> Sequence[Node]:
        """Every node that has a namespace now. Raises `EngineUnreachableError`."""
        ...

    def fileno(self) -> int:
        """A file descriptor for `select`."""
        ...

    def drain(self) -> None:
        """Forget the events so far. Call it before `nodes`. Raises `EngineUnreachableError`."""
        ...

    def run(self, node: Node, argv: Sequence[str]) -> None:
        """Start `argv` in all namespaces of `node`; its output joins the node's log.

        Raises `EngineRefusedError`, `EngineUnreachableError`.
        """
        ...


class EngineRefusedError(Exception):
    """The engine cannot do what was asked. The message is a sentence for the user."""


class EngineUnreachableError(Exception):
    """The engine does not answer. The message is a sentence for the user."""
