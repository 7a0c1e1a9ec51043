"""Which container this process runs in, and the machine around it."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

# Docker binds its own files for a container over /etc/hostname and the like; the source of that
# mount names the container (proc(5), the root within the file system).
_ID = re.compile(r"/containers/([0-9a-f]{64})/hostname")

_MOST_LINKS = 40  # as the kernel's MAXSYMLINKS


def own_id() -> str:
    """The id of this container, or its beginning; elsewhere something the engine does not know."""
    found = _ID.search(Path("/proc/self/mountinfo").read_text())
    return found[1] if found else socket.gethostname()


def machine() -> int | None:
    """The pid of a process of the engine's machine: the nearest above us that sees other mounts.
    It is what holds the container (containerd-shim, conmon), and no restart of the daemon ends it.

    None where there is none, or it may not be looked at: AppArmor's docker-default forbids that.
    """
    try:
        ours = _mounts_of(os.getpid())
        return next((pid for pid in _ancestors() if _mounts_of(pid) != ours), None)
    except OSError:
        return None


def machine_file(path: str) -> Path | None:
    """The way to a file of the machine, by its path there; None where there is no `machine`."""
    pid = machine()
    return _inside(Path(f"/proc/{pid}/root"), path) if pid else None


def _ancestors() -> Iterator[int]:
    pid = os.getppid()
    while pid:
        yield pid
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
        pid = int(stat.rpartition(")")[2].split()[1])


def _mounts_of(pid: int) -> str:
    return os.readlink(f"/proc/{pid}/ns/mnt")  # noqa: PTH115 -- no file there, only its name


def _inside(root: Path, path: str) -> Path:
    """`path` with its symbolic links followed in `root`: the kernel would follow an absolute one,
    as /var/run is, from our own root."""
    here, parts = root, list(PurePosixPath(path).parts[1:])
    for _ in range(len(parts) + _MOST_LINKS):
        if not parts:
            break
        step = here / parts.pop(0)
        if step.is_symlink():
            target = PurePosixPath(os.readlink(step))  # noqa: PTH115 -- stays as it is
            here = root if target.is_absolute() else here
            parts = [*(part for part in target.parts if part != "/"), *parts]
        else:
            here = step
    return here
