"""Run a command in all namespaces of a node, on the caller's own terminal."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from conlink_compose.engines.sandbox.child.spawn import why_not
from conlink_compose.linux.namespaces import (
    NEWIPC,
    NEWNET,
    NEWNS,
    NEWPID,
    NEWUSER,
    NEWUTS,
    setns,
)

_EXIT_REFUSED, _EXIT_FORBIDDEN, _EXIT_MISSING = 125, 126, 127
_KEYBOARD = (signal.SIGINT, signal.SIGQUIT)


def run_in(
    pidfd: int,
    argv: Sequence[str],
    *,
    environment: Mapping[str, str],
    working_dir: str = "/",
    node: str = "the node",
) -> int:
    """The exit status as a shell's: 126 or 127 where `argv` could not be executed (said on stderr),
    125 where the namespaces could not be joined, 128 + signal.

    The terminal passes through untouched: the command is in the caller's session and process
    group, so Ctrl-C and Ctrl-Z reach it; the caller ignores the former meanwhile, as system(3).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _KEYBOARD}

    def command() -> NoReturn:
        for number in _KEYBOARD:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        _exec(argv, environment, working_dir, node)

    try:
        # Twice forked: the first child joins, so that the caller stays where it is; only a child
        # of that one is in the pid namespace it joined.
        return _in_child(lambda: _join_and_run(pidfd, command))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _take_terminal_back()


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


def _join_and_run(pidfd: int, command: Callable[[], NoReturn]) -> int:
    try:
        setns(pidfd, NEWNS | NEWNET | NEWUTS | NEWIPC | NEWPID | _user_namespace(pidfd))
    except OSError as error:
        os.write(2, f"cannot enter the node: {error.strerror}\n".encode())
        return _EXIT_REFUSED
    return _in_child(command)


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


def _exec(
    argv: Sequence[str], environment: Mapping[str, str], working_dir: str, node: str
) -> NoReturn:
    try:
        os.chdir(working_dir)
    except OSError as error:
        os.write(2, f"{node} has no folder `{working_dir}`: {error.strerror}\n".encode())
        os._exit(_EXIT_FORBIDDEN)
    try:
        os.execvpe(argv[0], list(argv), dict(environment))  # noqa: S606
    except OSError as error:
        os.write(2, f"{why_not(node, argv[0], error)}\n".encode())
        os._exit(_EXIT_MISSING if error.errno == errno.ENOENT else _EXIT_FORBIDDEN)


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
