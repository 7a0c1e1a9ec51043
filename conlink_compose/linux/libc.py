"""The C library by ctypes, and its errno as an exception."""

from __future__ import annotations

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, path: str | None = None) -> None:
    """Raises `OSError` with the errno of the call that returned `result`, unless that is 0."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
