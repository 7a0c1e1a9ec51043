"""The state folder of a project: where it lies, whose it is, and whether its supervisor lives."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import socket
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

from conlink_compose.engines.sandbox import SandboxError

SOCKET = "engine.sock"
RUNTIME_SOCKET = "runtime.sock"
LOCK = "lock"
LOGS = "logs"
RUNTIME_LOG = "runtime.log"
TOPOLOGY = "topology.json"
OVS = "ovs"

_QUEUE_PATIENCE = 2  # seconds
_TIMEVAL = struct.Struct("@ll")  # struct timeval: seconds, microseconds
_LONGEST = 128  # it is the name of a folder (NAME_MAX is 255), and shown in every sentence
_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]*")  # as Compose names its projects


def state_folder(project: str) -> Path:
    """Where the files of `project` lie; it need not exist.

    Raises `SandboxError` for a bad name, and where what lies there is somebody else's.
    """
    if len(project) > _LONGEST:
        raise SandboxError(f"a project's name has at most {_LONGEST} characters: use -p")
    if not _PROJECT.fullmatch(project):
        raise SandboxError(
            f"`{project}` is no project name: it takes a-z, 0-9, - and _, beginning with a letter "
            "or digit"
        )
    folder = _root() / project
    with contextlib.suppress(FileNotFoundError):
        os.close(_open_own(folder))
    return folder


def make_state_folder(project: str) -> Path:
    """Create it, for its owner alone. Raises `SandboxError` where it is somebody else's."""
    folder = state_folder(project)
    try:
        while True:
            # The last project that ends takes the root away, perhaps between these two.
            with contextlib.suppress(FileNotFoundError):
                _make_own(folder.parent)
                _make_own(folder)
                return folder
    except OSError as error:
        raise SandboxError(f"cannot make the folder {folder}: {error.strerror}") from error


def list_projects() -> list[str]:
    """The projects of this user that have a state folder, by name. Raises `SandboxError` where
    the folder of them all is somebody else's."""
    try:
        fd = _open_own_entry(_root())
    except OSError:
        return []
    try:
        with os.scandir(fd) as entries:
            found = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    finally:
        os.close(fd)
    return sorted(name for name in found if _PROJECT.fullmatch(name))


def take_lock(folder: Path) -> int | None:
    """The lock of `folder` as a file descriptor, or None while its supervisor lives.

    The lock goes with its last holder, whatever kills that. Raises `OSError`, and `SandboxError`
    where the folder is somebody else's.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    while True:
        inside = _open_own(folder)
        try:
            fd = os.open(LOCK, flags, 0o600, dir_fd=inside)
        finally:
            os.close(inside)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return None
        # Somebody may have removed the folder in between; a lock on a removed file binds nobody.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(fd), (folder / LOCK).lstat()):
                return fd
        os.close(fd)


def clear(folder: Path) -> None:
    """Remove what a dead supervisor left. Hold the lock."""
    for path in folder.iterdir():
        if path.name != LOCK:
            _remove(path)


def remove(folder: Path) -> None:
    """Remove the folder, and the one above it where that is empty. Hold the lock."""
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.parent.rmdir()


@contextlib.contextmanager
def socket_address(folder: Path, name: str = SOCKET) -> Iterator[str]:
    """An address for bind or connect. By way of the folder's descriptor, for a socket's path holds
    107 bytes and a folder's name may be longer. Raises `OSError`, and `SandboxError` where the
    folder is somebody else's."""
    fd = _open_own(folder)
    try:
        yield f"/proc/self/fd/{fd}/{name}"
    finally:
        os.close(fd)


def connect(folder: Path) -> socket.socket:
    """A connection to the supervisor. Raises `OSError` where nobody listens, and `SandboxError`
    where the folder is somebody else's."""
    connection = new_socket()
    try:
        with socket_address(folder) as address:
            connection.connect(address)
    except (OSError, SandboxError):
        connection.close()
        raise
    return connection


def new_socket() -> socket.socket:
    """One to connect with. Where the queue of those who listen is full it raises
    `BlockingIOError` after a while: they are stopped, and would be waited for without end."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIMEVAL.pack(_QUEUE_PATIENCE, 0))
    return made


def keep_from_cleaners(folder: Path) -> None:
    """For as long as this process lives: systemd-tmpfiles leaves alone what lies in a folder of
    /tmp that somebody holds a lock on (https://systemd.io/TEMPORARY_DIRECTORIES). Others do not
    ask."""
    with contextlib.suppress(OSError):
        fcntl.flock(_open_own_entry(folder.parent), fcntl.LOCK_SH)  # closed by the kernel


def _root() -> Path:
    if os.geteuid() == 0:
        return Path("/run/conlink-compose")
    runtime_dir = Path(os.environ.get("XDG_RUNTIME_DIR") or "/no/such")
    # After `su` the variable may still name the folder of another user.
    if runtime_dir.is_dir() and runtime_dir.stat().st_uid == os.geteuid():
        return runtime_dir / "conlink-compose"
    return Path(f"/tmp/conlink-compose-{os.geteuid()}")  # noqa: S108 -- its owner is checked


def _make_own(path: Path) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    fd = _open_own_entry(path)
    try:
        if stat.S_IMODE(os.fstat(fd).st_mode) & 0o077:
            os.fchmod(fd, 0o700)
    finally:
        os.close(fd)


def _open_own(folder: Path) -> int:
    """A descriptor of a state folder. Everybody may write to /tmp, so another user may have put a
    folder or a link there first: both steps of the way are looked at after they are taken.
    Raises `OSError`, `SandboxError`."""
    above = _open_own_entry(folder.parent)
    try:
        return _open_own_entry(folder, above)
    finally:
        os.close(above)


def _open_own_entry(path: Path, above: int | None = None) -> int:
    name = path if above is None else path.name
    try:
        fd = os.open(
            name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=above
        )
    except (NotADirectoryError, PermissionError) as error:  # ours are 0700
        raise _foreign(path) from error
    if os.fstat(fd).st_uid == os.geteuid():
        return fd
    os.close(fd)
    raise _foreign(path)


def _foreign(path: Path) -> SandboxError:
    return SandboxError(f"{path} is not a folder of yours: remove it, or ask who made it")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
