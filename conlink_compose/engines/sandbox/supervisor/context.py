"""What every node of a supervisor shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conlink_compose.ipc.loop import Loop


@dataclass(frozen=True, slots=True)
class Context:
    """`changed(True)` tells that namespaces came or went, `changed(False)` of any other change,
    `wrote()` that a log has grown.

    `own_pidfd` is the supervisor's, `home` the user's home folder, `nofile` the soft limit of
    open files that children get back.
    """

    loop: Loop
    folder: Path
    changed: Callable[[bool], None]
    wrote: Callable[[], None]
    own_pidfd: int
    home: str
    nofile: int
