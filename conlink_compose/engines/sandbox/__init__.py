"""The sandbox engine: every service as processes in namespaces of its own, with nothing but Python.

The supervisor imports this too and must stay small, so nothing is gathered here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conlink_compose.engines import EngineRefusedError, EngineUnreachableError

if TYPE_CHECKING:
    from conlink_compose.engines import Declare, Engine, Project


class SandboxError(EngineRefusedError):
    """The sandbox cannot do what was asked. The message is a sentence for the user."""


class StoppingError(SandboxError):
    """Just now the project is being stopped; a moment later nothing is left of it."""


class SilentError(EngineUnreachableError):
    """Who shall answer is there, and says nothing. The message has its pid, and what to do."""


def engine(place: str, declare: Declare | None = None) -> Engine:
    """`place` is the project's state folder. Raises `EngineUnreachableError`, and `SandboxError`
    for a `declare`."""
    from conlink_compose.engines.sandbox.client.engine import Sandbox

    if declare:
        raise SandboxError("the sandbox is told what is declared by `conlink-compose up`")
    return Sandbox(Path(place))


def projects() -> list[str]:
    """The names of this user's projects. Raises `SandboxError` where their folder is somebody
    else's."""
    from conlink_compose.engines.sandbox.folder import list_projects

    return list_projects()


def project(name: str) -> Project:
    """Raises `SandboxError` for a bad name, or where its folder is somebody else's."""
    from conlink_compose.engines.sandbox.client.project import SandboxProject

    return SandboxProject(name)
