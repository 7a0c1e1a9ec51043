"""The system calls that Python 3.11 lacks: unshare, setns, mount, mount_setattr.

Numbers are those of linux/sched.h, linux/mount.h, linux/fcntl.h and asm-generic/unistd.h. Each
function raises `OSError` with the kernel's errno.
"""

from __future__ import annotations

import ctypes
import os
import struct

NEWNS = 0x00020000
NEWUTS = 0x04000000
NEWIPC = 0x08000000
NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000

_MOUNT_SETATTR = 442
"""The number is the same on every architecture but alpha."""
_MOUNT_ATTR_RDONLY = 0x1
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = (
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_ulong,
    ctypes.c_char_p,
)


def unshare(flags: int) -> None:
    """Move this process into new namespaces; NEWPID holds for its next child only."""
    _check(_libc.unshare(ctypes.c_int(flags)))


def setns(fd: int, flags: int) -> None:
    """Join the namespaces `flags` of a pidfd's process, in one call (Linux 5.8).

    The kernel takes the user namespace first, so the others may be joined with the rights it gives.
    """
    _check(_libc.setns(ctypes.c_int(fd), ctypes.c_int(flags)))


def mount(source: str, target: str, kind: str | None = None, flags: int = 0) -> None:
    encoded = None if kind is None else kind.encode()
    _check(_libc.mount(os.fsencode(source), os.fsencode(target), encoded, flags, None), target)


def make_read_only_below(target: str) -> None:
    """The mount at `target` and all below it (Linux 5.12)."""
    attributes = struct.pack("=QQQQ", _MOUNT_ATTR_RDONLY, 0, 0, 0)  # set, clear, propagation, user
    size = ctypes.c_size_t(len(attributes))
    path = os.fsencode(target)
    _check(_libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, path, _AT_RECURSIVE, attributes, size), target)


def sethostname(name: str) -> None:
    """Needs a UTS namespace of one's own, or it names the machine."""
    encoded = name.encode()
    _check(_libc.sethostname(encoded, len(encoded)))


def _check(result: int, path: str | None = None) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
