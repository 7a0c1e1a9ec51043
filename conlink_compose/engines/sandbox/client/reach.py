"""By which folder the supervisor of a project is reached, if by any."""

from __future__ import annotations

import time
from pathlib import Path

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox import folder as state
from conlink_compose.engines.sandbox.client.supervisors import Supervisor, supervisors

BIRTH = 10.0
"""Seconds a supervisor may take until it listens, on a busy machine."""

END = 0.5
"""Seconds it may take to end once its folder is removed."""


def answers(folder: Path) -> bool:
    """Whether somebody listens there, though it may be stopped and say nothing.

    Raises `SandboxError` where the folder is somebody else's.
    """
    try:
        state.connect(folder).close()
    except BlockingIOError:  # so many wait already
        return True
    except OSError:
        return False
    return True


def reachable(project: str) -> Path | None:
    """The folder of a supervisor that listens elsewhere than this process would look: who started
    it had another XDG_RUNTIME_DIR."""
    return next((one.folder for one in supervisors(project) if _is_reached(one.folder)), None)


def out_of_reach(project: str) -> Supervisor | None:
    """One that lives and neither starts nor ends, and by whose folder nobody can talk to it."""
    for one in supervisors(project):
        if one.age > BIRTH and not _is_reached(one.folder):
            time.sleep(END)
            if one.lives and not _is_reached(one.folder):
                return one
    return None


def told_of(lost: Supervisor) -> str:
    """The sentence for one that is out of reach."""
    project = lost.folder.name
    return (
        f"project {project} is up (its supervisor has pid {lost.pid}), but somebody removed what "
        f"it is asked by: {lost.folder / state.SOCKET}; `conlink-compose -p {project} down` ends "
        "all of it, and `up` then begins anew"
    )


def _is_reached(folder: Path) -> bool:
    try:
        return answers(folder)
    except SandboxError:  # somebody took its place
        return False
