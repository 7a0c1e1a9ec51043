"""What an engine may offer beside what each does: it says so itself, and the rest asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

from conlink_compose.engines.values import (
    Changes,
    Command,
    LogLine,
    NodeProcess,
    Wanted,
)
from conlink_compose.topology import Topology

if TYPE_CHECKING:
    from conlink_compose.compose.load import Document
    from conlink_compose.diagnostics import Diagnostic


class Lifecycle(Protocol):
    """What an engine can do besides that makes the nodes itself. With Docker it is Compose's."""

    def up(self, wanted: Wanted) -> Changes:
        """Make the project be what is wanted, whatever state it is in. Returns when that is
        decided, not when it runs."""

    def down(self, timeout: float | None = None) -> bool:
        """Stop and remove all of it; also after a `kill -9` of anything. False where there was
        nothing. `timeout` is in seconds for each node, None for each one's own."""


class Processes(Protocol):
    """What an engine can do besides that runs the processes itself. With Docker it is Compose's."""

    def run_in(self, node: str, command: Command) -> int:
        """Run it in a node on the caller's terminal. Its exit status as a shell's.
        Raises `EngineRefusedError`."""

    def logs(
        self, *, follow: bool = False, tail: int | None = None, nodes: Sequence[str] = ()
    ) -> Iterator[LogLine]:
        """What the nodes wrote, oldest first: the last `tail` lines of each, or all that is kept;
        `follow` goes on until the project ends. Nothing written after the call is missed."""

    def top(self, nodes: Sequence[str]) -> Iterator[NodeProcess]:
        """The processes of nodes that have a life."""

    def restart(self, nodes: Sequence[str], timeout: float | None = None) -> None:
        """End the present life of each node and begin another. Returns when that is decided; a
        node that has another life, and is neither created nor waiting, has left the gate in it.
        `timeout` is in seconds for each node, None for each one's own."""

    def start(self, nodes: Sequence[str]) -> None:
        """Begin a life of each node that has none. Returns when that is decided."""

    def stop(self, nodes: Sequence[str], timeout: float | None = None) -> None:
        """End the life of each node and begin no other, whatever its restart policy; `timeout` as
        for `restart`. Returns when they have ended."""

    def kill(self, nodes: Sequence[str], number: int) -> None:
        """Send a signal to the process of each node. Raises `EngineRefusedError` where there is
        none."""


class Compose(Protocol):
    """Where the engine leaves it to Compose to make the containers: what starts that program, with
    the network added to the user's files. Each method may raise `EngineRefusedError`."""

    def add(
        self, topology: Topology, document: Document, say: Callable[[str], None]
    ) -> list[Diagnostic]:
        """Write what is to be added to the project, and see to it that its image is there: `say` is
        told how far that is. What stands in the way."""

    def added(self) -> str | None:
        """The file that was written last, if there is one."""

    @property
    def services(self) -> Sequence[str]:
        """The services in it, after `add`; each before those that depend on it."""

    def keep(self, text: str) -> str:
        """A file beside it with this text, for a Compose that cannot read that where we did."""

    def forget(self) -> None:
        """Remove the files, and containers of ours that are left of a project that is down."""

    def become(self, words: Sequence[str]) -> NoReturn:
        """This process turns into Compose, so that status, signals and terminal are its own."""

    def run(self, words: Sequence[str]) -> int:
        """Compose's exit status, as a shell's, when it has ended."""

    def output(self, words: Sequence[str]) -> str:
        """What Compose writes to stdout when it is given `words`."""

    def build_image(self, base: str | None, packages: Path | None) -> Iterator[str]:
        """Build the network service's image on `base`, of `packages` where it has them, and tell
        how far that is."""
