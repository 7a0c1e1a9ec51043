"""A marked block in each container's /etc/hosts, by which the linked containers find each other."""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Mapping

from conlink_compose.engines.docker.lives import PROC, started_at
from conlink_compose.engines.docker.own_container import machine_file
from conlink_compose.topology import Life

BEGIN = "# conlink-compose: begin\n"
END = "# conlink-compose: end"

_GONE = (errno.ENOENT, errno.ESRCH)
_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDWR | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC

_log = logging.getLogger(__name__)


class Names:
    """The engine binds a file of its own over /etc/hosts, so that it is written in place; and it
    makes that file anew with each life."""

    def __init__(self) -> None:
        self._written: dict[str, str] = {}
        self._told: set[str] = set()

    def write(
        self, lives: Mapping[str, Life], texts: Mapping[str, str], paths: Mapping[str, str]
    ) -> None:
        """`lives`, the lines of the block and the paths of the files on the machine are by node. No
        lines, no block."""
        written = {}
        for node, life in lives.items():
            text = texts.get(node, "")
            if self._written.get(life.id) != text:
                self._write(node, life, text, paths.get(node, ""))
            written[life.id] = text
        self._written = written

    def _write(self, node: str, life: Life, text: str, path: str) -> None:
        try:
            _write_block(_open(life, path), text)
        except OSError as error:
            if error.errno not in _GONE and life.id not in self._told:
                self._told.add(life.id)
                _log.warning("cannot write the names into /etc/hosts of %s: %s", node, error)


def _write_block(fd: int, text: str) -> None:
    """Nothing outside of the block changes. Closes `fd`. Raises `OSError`."""
    try:
        before = _read(fd)
        after = with_block(before, text)
        if after != before:
            # What stands before the block is the same, so that no reader ever misses it.
            _overwrite(fd, after.encode(errors="surrogateescape"))
    finally:
        os.close(fd)


def with_block(before: str, text: str) -> str:
    """`before` with `text` in our block, which stands where it stood, else at the end."""
    head, begin, rest = before.partition(BEGIN)
    _, end, tail = rest.partition(END)
    tail = tail.removeprefix("\n")
    if begin and not end:  # cut off by something else: what follows may be anybody's
        head, tail = before.replace(BEGIN, ""), ""
    if not text:
        return head + tail
    if head and not head.endswith("\n"):
        head += "\n"
    return f"{head}{BEGIN}{text}{END}\n{tail}"


def _open(life: Life, path: str) -> int:
    """Mounted read-only in a container whose root is that, the file is opened where it lies on the
    machine, at `path`. Raises `OSError`."""
    try:
        return _open_inside(life)
    except OSError as error:
        file = machine_file(path) if error.errno == errno.EROFS and path else None
        if file is None:
            raise
        return os.open(file, _FILE)


def _open_inside(life: Life) -> int:
    """Step by step and never through a symbolic link: what a container put in the place of /etc
    would be followed from our own root, to files of the machine.

    Reading /proc/PID/root takes SYS_PTRACE; the file is root's, as we are.
    """
    pid = int(life.netns.split("/")[2])
    opened = [os.open(f"{PROC}/{pid}/root", _FOLDER)]
    try:
        if started_at(pid) != life.id.rpartition(".")[2]:
            raise ProcessLookupError(errno.ESRCH, "that life is over")
        opened.append(os.open("etc", _FOLDER | os.O_NOFOLLOW, dir_fd=opened[0]))
        fd = os.open("hosts", _FILE, dir_fd=opened[1])
    finally:
        for one in opened:
            os.close(one)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "it is no file")
    return fd


def _read(fd: int) -> str:
    with os.fdopen(os.dup(fd), "rb") as file:
        return file.read().decode(errors="surrogateescape")


def _overwrite(fd: int, data: bytes) -> None:
    done = 0
    while done < len(data):
        done += os.pwrite(fd, data[done:], done)
    os.ftruncate(fd, len(data))
