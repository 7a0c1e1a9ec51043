"""The living supervisors of a project, by what the kernel knows of them.

Its state folder may be gone: whatever cleans /tmp takes sockets and locks along. A process cannot
lose its command line, which names the project, nor who it is of; and that it is PID 1 of a pid
namespace right below ours tells it from those in containers and in nodes. An abstract socket would
be another way, but it is known in one network namespace only, and anybody can take its name first.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conlink_compose.engines.sandbox.client.peer import is_stopped, status_fields

MODULE = "conlink_compose.engines.sandbox.supervisor"

_GONE = ("Z", "X")  # proc_pid_status(5)
_ASK_AGAIN = 0.5  # seconds
_TICK = os.sysconf("SC_CLK_TCK")  # a second


@dataclass(frozen=True, slots=True)
class Supervisor:
    """`folder` is the state folder it was started with."""

    pid: int
    folder: Path

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - _started(self.pid) / _TICK

    @property
    def lives(self) -> bool:
        return is_supervisor(self.pid, self.folder)

    def end(self, grace: float, patience: float = 10.0) -> bool:
        """Ask it to stop its nodes and itself, and kill it after `grace` seconds; the kernel ends
        everything of the project with it. Whether it is gone within `patience` seconds more.

        Raises `OSError` where the kernel does not let us.
        """
        try:
            pidfd = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return True
        try:
            if not self.lives:  # its number is another's by now
                return True
            if grace > 0 and not is_stopped(self.pid) and _asked_to_end(pidfd, grace):
                return True
            _signal(pidfd, signal.SIGKILL)
            return _ends(pidfd, patience)
        finally:
            os.close(pidfd)


def supervisors(project: str) -> list[Supervisor]:
    """All of this user's, in whatever state and with whatever folder; the oldest first."""
    return sorted(_of(project), key=lambda one: _started(one.pid))


def is_supervisor(pid: int, folder: Path) -> bool:
    """Whether that process is one with that state folder, and ours."""
    return _folder_of(pid) == folder and _is_first_of_ours(pid)


def _of(project: str) -> Iterator[Supervisor]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            folder = _folder_of(pid := int(entry.name))
            if folder and folder.name == project and _is_first_of_ours(pid):
                yield Supervisor(pid, folder)


def _folder_of(pid: int) -> Path | None:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if words[-4:-2] == [b"-m", MODULE.encode()]:  # it ends with a zero
            return Path(os.fsdecode(words[-2]))
    return None


def _is_first_of_ours(pid: int) -> bool:
    fields = status_fields(pid)
    numbers = fields.get("NSpid", "").split()
    is_first = len(numbers) == 2 and numbers[1] == "1"
    is_ours = fields.get("Uid", "").split()[:1] == [str(os.geteuid())]
    return is_first and is_ours and fields.get("State", "Z")[:1] not in _GONE


def _started(pid: int) -> int:
    """In clock ticks since the boot."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{pid}/stat").read_text()
        return int(text.rpartition(")")[2].split()[19])  # field 22; behind the name is field 3
    return 0


def _signal(pidfd: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, number)


def _asked_to_end(pidfd: int, seconds: float) -> bool:
    """Again and again: one that is just being born is PID 1 already, and hears no signal before it
    has a handler for it (pid_namespaces(7))."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        _signal(pidfd, signal.SIGTERM)
        if _ends(pidfd, min(left, _ASK_AGAIN)):
            return True
    return False


def _ends(pidfd: int, seconds: float) -> bool:
    return bool(select.select([pidfd], [], [], seconds)[0])
