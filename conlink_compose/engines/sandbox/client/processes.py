"""The processes in a pid namespace, from outside of it: proc(5) of the caller's own."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from conlink_compose.engines import NodeProcess

_TICKS = os.sysconf("SC_CLK_TCK")


def processes_of(node: str, pidfd: int) -> Iterator[NodeProcess]:
    """Those in the pid namespace of `pidfd`'s process, the oldest first."""
    first = _pid_of(pidfd)
    namespace = _namespace(first)
    pids = [int(path.name) for path in Path("/proc").glob("[0-9]*")] if namespace else []
    found = []
    for pid in pids:
        if _namespace(pid) == namespace:
            with contextlib.suppress(OSError, IndexError):  # it has just ended
                found.append(_look(node, pid))
    for _, process in sorted(found, key=lambda one: (one[0], one[1].pid)):
        yield process


def _pid_of(pidfd: int) -> int:
    """In the caller's pid namespace; -1 where the process has ended."""
    info = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
    found = re.search(r"^Pid:\s*(-?\d+)$", info, re.MULTILINE)
    return int(found[1]) if found else -1


def _namespace(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/ns/pid").readlink()
    except OSError:  # it has ended, or is another user's
        return None


def _look(node: str, pid: int) -> tuple[int, NodeProcess]:
    """When it began, and it: pids are given anew once all were given."""
    folder = Path("/proc", str(pid))
    # Its name stands in brackets, and may hold any character.
    name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
    fields = rest.split()
    words = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    command = b" ".join(words).decode(errors="replace")
    process = NodeProcess(
        node=node,
        uid=folder.stat().st_uid,
        pid=pid,
        ppid=int(fields[1]),
        seconds=(int(fields[11]) + int(fields[12])) / _TICKS,
        command=command or f"[{name}]",
    )
    return int(fields[19]), process
