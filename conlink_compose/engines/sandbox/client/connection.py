"""One connection to a supervisor, with failures as sentences."""

from __future__ import annotations

import os
import select
from pathlib import Path

from conlink_compose.engines import EngineUnreachableError
from conlink_compose.engines.sandbox import SandboxError, SilentError, StoppingError
from conlink_compose.engines.sandbox import folder as state
from conlink_compose.engines.sandbox.client.peer import is_stopped, peer_pid
from conlink_compose.engines.sandbox.client.supervisors import supervisors
from conlink_compose.engines.sandbox.supervisor.hub import SUPERVISOR_LOG
from conlink_compose.ipc import connection
from conlink_compose.ipc.message import Message

PATIENCE = 15.0
"""Seconds for an answer. The supervisor decides in milliseconds."""


class Connection(connection.Connection):
    """Raises `EngineUnreachableError` where nobody answers, `SandboxError` with a refusal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            connected = state.connect(folder)
        except BlockingIOError as error:  # so many wait already
            pids = [one.pid for one in supervisors(folder.name) if one.folder == folder]
            raise (_silent(folder, pids[0]) if pids else self.unreachable()) from error
        except OSError as error:
            raise self.unreachable() from error
        super().__init__(connected, PATIENCE)

    def unreachable(self) -> Exception:
        return EngineUnreachableError(
            f"no supervisor answers in {self._folder}: the project is not up"
        )

    def silent(self) -> Exception:
        return _silent(self._folder, self.peer_pid())

    def is_hopeless(self) -> bool:
        return is_stopped(self.peer_pid())

    def refused(self, answer: Message) -> Exception:
        kind = StoppingError if answer.get("stopping") else SandboxError
        return kind(answer["error"])

    def await_end(self, seconds: float) -> None:
        """Wait for the last answer and for the end of the supervisor itself.

        Raises `EngineUnreachableError` where that takes more than `seconds` and some.
        """
        pidfd = self._open_peer()
        self._patience = seconds + PATIENCE
        self.next_answer()
        if pidfd is not None:
            select.select([pidfd], [], [], PATIENCE)
            os.close(pidfd)

    def peer_pid(self) -> int:
        """The supervisor's pid in this process's pid namespace."""
        return peer_pid(self._socket)

    def _open_peer(self) -> int | None:
        try:
            return os.pidfd_open(self.peer_pid())
        except OSError:
            return None


def _silent(folder: Path, pid: int) -> SilentError:
    project = folder.name
    ends = f"`conlink-compose -p {project} down` ends it with all of the project"
    who = f"the supervisor of project {project} (pid {pid})"
    if is_stopped(pid):
        return SilentError(
            f"{who} is stopped and answers nobody: `kill -CONT {pid}` lets it go on, {ends}"
        )
    log = folder / SUPERVISOR_LOG
    return SilentError(f"{who} does not answer: {ends}; what it said last is in {log}")
