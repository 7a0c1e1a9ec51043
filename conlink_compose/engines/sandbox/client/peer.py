"""Who is at the other end of a socket, and whether it can answer at all."""

from __future__ import annotations

import contextlib
import socket
import struct
from pathlib import Path

_UCRED = struct.Struct("3i")  # pid, uid, gid
_STOPPED = ("T", "t")  # by a signal, by a debugger; proc_pid_status(5)


def peer_pid(connected: socket.socket) -> int:
    """Its pid in this process's pid namespace; the kernel keeps who listened."""
    credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    return int(_UCRED.unpack(credentials)[0])


def is_stopped(pid: int) -> bool:
    """Whether it does nothing because of a signal or a debugger, until it is told to go on."""
    return status_fields(pid).get("State", "")[:1] in _STOPPED


def status_fields(pid: int) -> dict[str, str]:
    """What /proc/PID/status says; empty where there is no such process."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        split = (line.partition(":") for line in lines)
        return {name: value.strip() for name, _, value in split}
    return {}
