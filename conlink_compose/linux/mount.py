"""mount(2) and mount_setattr(2), with the numbers of linux/mount.h, linux/fcntl.h and
asm-generic/unistd.h."""

from __future__ import annotations

import ctypes
import os
import struct

from conlink_compose.linux.libc import check, libc

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

libc.mount.argtypes = (
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_char_p,
    ctypes.c_ulong,
    ctypes.c_char_p,
)


def mount(source: str, target: str, kind: str | None = None, flags: int = 0) -> None:
    """Raises `OSError`."""
    encoded = None if kind is None else kind.encode()
    check(libc.mount(os.fsencode(source), os.fsencode(target), encoded, flags, None), target)


def make_writable(target: str) -> None:
    """The mount at `target`, in this process's view alone. Raises `OSError` (EINVAL where it is no
    mount, EPERM without CAP_SYS_ADMIN, EACCES where AppArmor forbids it)."""
    mount("none", target, flags=MS_REMOUNT | MS_BIND)


def make_read_only_below(target: str) -> None:
    """The mount at `target` and all below it. Raises `OSError` (ENOSYS before Linux 5.12)."""
    attributes = struct.pack("=QQQQ", _MOUNT_ATTR_RDONLY, 0, 0, 0)  # set, clear, propagation, user
    size = ctypes.c_size_t(len(attributes))
    path = os.fsencode(target)
    check(libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, path, _AT_RECURSIVE, attributes, size), target)
