"""What a namespace of mounts gets of its own: /proc, /sys, the files of a node, its binds."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.linux.mount import (
    MS_BIND,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    make_read_only_below,
    mount,
)
from conlink_compose.workload import Mount

_CGROUPS = "/sys/fs/cgroup"
_KEPT_FLAGS = os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC  # the same bits as MS_NOSUID and so on


def make_own() -> None:
    """Cut this namespace's mounts off from the machine's and show its own processes and network.

    /proc shows the pid namespace of the process that mounts it, /sys/class/net the network
    namespace. Raises `SandboxError`.
    """
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    with _cgroups() as cgroups:
        for kind, place in (("proc", "/proc"), ("sysfs", "/sys")):
            try:
                mount(kind, place, kind)
            except OSError as error:
                # In a user namespace both need a /proc and a /sys nothing has been hidden of.
                raise SandboxError(
                    f"the kernel forbids a fresh {place} here ({error.strerror}): inside a "
                    "container, start that one with --privileged"
                ) from error
        if cgroups >= 0:
            with contextlib.suppress(OSError):  # a convenience of systemd's and Java's; not ours
                mount(f"/proc/self/fd/{cgroups}", _CGROUPS, flags=MS_BIND | MS_REC)


def bind_files(files: Sequence[tuple[Path, str]]) -> None:
    """Put each file over the machine's own of that path. Raises `OSError`.

    Where the machine has none, there is nothing to hide and nothing is done.
    """
    for source, target in files:
        with contextlib.suppress(FileNotFoundError):
            mount(str(source), target, flags=MS_BIND)


def bind(wanted: Mount) -> None:
    """Raises `SandboxError`."""
    for path, side in ((wanted.source, "on this machine"), (wanted.target, "to mount it on")):
        if not Path(path).exists():
            raise SandboxError(
                f"cannot mount {wanted.source} on {wanted.target}: there is no {path} {side}; "
                "the sandbox shows the machine's own files and makes none"
            )
    try:
        mount(wanted.source, wanted.target, flags=MS_BIND | MS_REC)
        if wanted.read_only:
            _make_read_only(wanted.target)
    except OSError as error:
        raise SandboxError(
            f"cannot mount {wanted.source} on {wanted.target}: {error.strerror}"
        ) from error


def _make_read_only(target: str) -> None:
    """With all that is mounted below it; a kernel before 5.12 knows no way to do that."""
    try:
        make_read_only_below(target)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        _remount_read_only(target)


def _remount_read_only(target: str) -> None:
    # A bind ignores MS_RDONLY: it takes a remount. In a user namespace that must not drop the
    # flags the mount came with, or the kernel answers EPERM.
    kept = os.statvfs(target).f_flag & _KEPT_FLAGS
    mount("none", target, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | kept)


@contextlib.contextmanager
def _cgroups() -> Iterator[int]:
    """A descriptor of the cgroup mount, which a fresh /sys would hide; -1 where there is none."""
    try:
        fd = os.open(_CGROUPS, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        fd = -1
    try:
        yield fd
    finally:
        if fd >= 0:
            os.close(fd)
