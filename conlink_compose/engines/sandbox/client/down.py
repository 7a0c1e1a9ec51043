"""End a project, whatever state it is in."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox import SandboxError, SilentError
from conlink_compose.engines.sandbox import folder as state
from conlink_compose.engines.sandbox.client.connection import Connection
from conlink_compose.engines.sandbox.client.control import Control
from conlink_compose.engines.sandbox.client.supervisors import Supervisor, supervisors

_PATIENCE = 10.0  # seconds for a killed supervisor to be gone
_GRACE = 30.0  # seconds for the nodes of one that cannot be told how long it may take


def down(project: str, timeout: float | None = None) -> bool:
    """Stop `project` and remove its files; also after a `kill -9` of anything, and where its files
    are gone. False where there was nothing. `timeout` is in seconds for each node, None for each
    one's own.

    Raises `SandboxError` where its supervisor cannot be ended.
    """
    folder = state.state_folder(project)
    living = supervisors(project)
    if not living and not folder.exists():
        return False
    for place in dict.fromkeys((folder, *(one.folder for one in living))):
        _end(place, [one for one in living if one.folder == place], timeout)
    return True


def _end(folder: Path, living: Iterable[Supervisor], timeout: float | None) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        grace = _GRACE if timeout is None else timeout
        try:
            Control(folder).stop(timeout)
        except (EngineUnreachableError, SandboxError) as error:
            _kill_listener(folder)
            _end_all(living, 0 if isinstance(error, SilentError) else grace)
            if _remove(folder):
                return
        else:
            _end_all(living, grace)
            return
        if time.monotonic() > deadline:
            raise SandboxError(f"the supervisor that holds {folder} cannot be ended")
        time.sleep(0.02)  # it starts or ends just now


def _end_all(living: Iterable[Supervisor], grace: float) -> None:
    for one in living:
        try:
            ended = one.end(grace, _PATIENCE)
        except OSError as error:
            raise SandboxError(f"cannot end the supervisor, pid {one.pid}: {error}") from error
        if not ended:
            raise SandboxError(f"the supervisor, pid {one.pid}, cannot be ended")


def _kill_listener(folder: Path) -> None:
    """End who listens there and cannot be told to stop; everything of the project ends with it."""
    with contextlib.suppress(EngineUnreachableError, OSError), Connection(folder) as connection:
        pidfd = os.pidfd_open(connection.peer_pid())
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        select.select([pidfd], [], [], _PATIENCE)
        os.close(pidfd)


def _remove(folder: Path) -> bool:
    """Whether nothing is left: not while a supervisor lives."""
    try:
        lock = state.take_lock(folder)
    except FileNotFoundError:  # it removed its folder itself
        return True
    except OSError as error:
        raise SandboxError(f"cannot remove {folder}: {error.strerror}") from error
    if lock is None:
        return False
    state.remove(folder)
    os.close(lock)
    return True
