"""End a project, whatever state it is in."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from pathlib import Path

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox import folder as state
from conlink_compose.engines.sandbox.client.connection import Connection
from conlink_compose.engines.sandbox.client.control import Control

_PATIENCE = 10.0  # seconds for a killed supervisor to be gone


def down(project: str, timeout: float | None = None) -> bool:
    """Stop `project` and remove its files; also after a `kill -9` of anything. False where there
    was nothing. `timeout` is in seconds for each node, None for each one's own.

    Raises `SandboxError` where its supervisor cannot be ended.
    """
    folder = state.state_folder(project)
    if not folder.exists():
        return False
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            Control(folder).stop(timeout)
        except (EngineUnreachableError, SandboxError):
            _kill(folder)
            if not _remove(folder):  # it starts or ends just now
                time.sleep(0.02)
                continue
        return True
    raise SandboxError(f"the supervisor that holds {folder} cannot be ended")


def _kill(folder: Path) -> None:
    """End a supervisor that does not answer; everything of the project ends with it."""
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
