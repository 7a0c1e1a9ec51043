"""What becomes of a process whose parent ends."""

from __future__ import annotations

import ctypes
import signal

from conlink_compose.linux.libc import check, libc

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent() -> None:
    """This process is sent SIGTERM when the thread that started it has ended (prctl(2)); what it
    executes keeps that. Raises OSError."""
    check(libc.prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGTERM), 0, 0, 0))
