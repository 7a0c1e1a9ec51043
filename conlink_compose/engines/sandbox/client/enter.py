"""Run a command in all namespaces of a node, on the caller's own terminal."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from conlink_compose.engines.sandbox import SandboxError
from conlink_compose.engines.sandbox.child.spawn import why_not
from conlink_compose.engines.sandbox.child.user import ROOT, become
from conlink_compose.linux.namespaces import (
    NEWIPC,
    NEWNET,
    NEWNS,
    NEWPID,
    NEWUSER,
    NEWUTS,
    setns,
)
from conlink_compose.workload import User

_EXIT_REFUSED, _EXIT_FORBIDDEN, _EXIT_MISSING = 125, 126, 127
_KEYBOARD = (signal.SIGINT, signal.SIGQUIT)


@dataclass(frozen=True, slots=True)
class Program:
    """What runs in `node`. `home` is HOME where `environment` has none; None is the user's own."""

    node: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    working_dir: str = "/"
    user: User = ROOT
    home: str | None = None


def run_in(pidfd: int, program: Program) -> int:
    """The exit status as a shell's: 126 or 127 where it could not be executed (said on stderr),
    125 where the namespaces could not be joined, 128 + signal.

    The terminal passes through untouched: the command is in the caller's session and process
    group, so Ctrl-C and Ctrl-Z reach it; the caller ignores the former meanwhile, as system(3).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _KEYBOARD}
    try:
        # Twice forked: the first child joins, so that the caller stays where it is; only a child
        # of that one is in the pid namespace it joined.
        return _in_child(lambda: _join(pidfd) or _in_child(lambda: _exec(program)))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _take_terminal_back()


def start_in(pidfd: int, program: Program) -> int:
    """The same in the background, in a session of its own that reads and writes nothing: 0 as soon
    as it runs."""
    sys.stdout.flush()
    sys.stderr.flush()
    failed, fails = os.pipe2(os.O_CLOEXEC)  # the exec closes it

    def started() -> NoReturn:
        os.setsid()
        complaints = fcntl.fcntl(2, fcntl.F_DUPFD_CLOEXEC, 3)
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        for number in range(3):
            os.dup2(null, number)
        os.write(fails, bytes([_exec(program, complaints)]))
        os._exit(0)

    def joined() -> int:
        code = _join(pidfd)
        if code == 0 and os.fork() == 0:
            started()
        return code

    code = _in_child(joined)
    os.close(fails)
    with os.fdopen(failed, "rb") as pipe:
        said = pipe.read()
    return code or (said[0] if said else 0)


def _in_child(child: Callable[[], int]) -> int:
    pid = os.fork()
    if pid == 0:
        code = _EXIT_REFUSED
        try:
            code = child()
        finally:
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status if status >= 0 else 128 - status


def _join(pidfd: int) -> int:
    """0, or the exit status where that is not possible."""
    try:
        setns(pidfd, NEWNS | NEWNET | NEWUTS | NEWIPC | NEWPID | _user_namespace(pidfd))
    except OSError as error:
        os.write(2, f"cannot enter the node: {error.strerror}\n".encode())
        return _EXIT_REFUSED
    return 0


def _user_namespace(pidfd: int) -> int:
    """NEWUSER where the node has another user namespace: to join one's own is an error."""
    info = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
    found = re.search(r"^Pid:\s*(\d+)$", info, re.MULTILINE)
    with contextlib.suppress(OSError):
        if found:
            theirs = Path(f"/proc/{found[1]}/ns/user").stat()
            if os.path.samestat(theirs, Path("/proc/self/ns/user").stat()):
                return 0
    return NEWUSER


def _exec(program: Program, complaints: int = 2) -> int:
    """Returns only where that is not possible: the exit status, its reason told to `complaints`."""
    for number in (*_KEYBOARD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    name = program.argv[0]
    try:
        environment = _prepare(program)
        os.execvpe(name, list(program.argv), environment)  # noqa: S606
    except SandboxError as error:
        os.write(complaints, f"{error}\n".encode())
        return _EXIT_FORBIDDEN
    except OSError as error:
        os.write(complaints, f"{why_not(program.node, name, error)}\n".encode())
        return _EXIT_MISSING if error.errno == errno.ENOENT else _EXIT_FORBIDDEN


def _prepare(program: Program) -> dict[str, str]:
    """Be who runs it, where it runs; its environment. Raises `SandboxError`."""
    folder = program.working_dir
    try:
        os.chdir(folder)
    except OSError as error:
        raise SandboxError(f"{program.node} has no folder `{folder}`: {error.strerror}") from error
    identity = become(program.user)
    return {"HOME": program.home or identity.home, **program.environment}


def _take_terminal_back() -> None:
    """A shell in the node made itself the terminal's foreground and could not undo it: our process
    group has no number in its pid namespace."""
    with contextlib.suppress(OSError):
        if os.tcgetpgrp(0) != os.getpgrp():
            before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            try:
                os.tcsetpgrp(0, os.getpgrp())
            finally:
                signal.signal(signal.SIGTTOU, before)
