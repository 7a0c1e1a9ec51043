"""Sysctls of nodes, seen and written. A file below /proc/sys is that of the namespaces in which the
thread stands that opens it; so a thread goes there, and ends there."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.rtnl.link_socket import Refusal
from conlink_compose.linux import sysctls
from conlink_compose.linux.namespaces import (
    NEWIPC,
    NEWNET,
    NEWUTS,
    identity_at,
    open_namespace,
    setns,
)
from conlink_compose.state import Forwarding, Operation, Sysctl

_OF_NETWORK = "net/"
_OTHERS = {"ipc": NEWIPC, "uts": NEWUTS}
"""In which all others are that a node has of its own."""

Done = TypeVar("Done")


def read_sysctls(sought: Iterable[tuple[Namespace, Sequence[str]]]) -> Sequence[Sysctl]:
    """Of each namespace those of the paths. Raises `OSError` where it cannot be entered."""
    asked = [(namespace, paths) for namespace, paths in sought if paths]
    return _in_a_thread(lambda: [one for each in asked for one in _read(*each)]) if asked else ()


class SysctlSwitch:
    """Obeys by writing to /proc/sys."""

    def obey(
        self, namespace: Namespace, operations: Sequence[Operation]
    ) -> list[tuple[Operation, Refusal]]:
        """What the kernel refused."""
        answers = _in_a_thread(lambda: _write_all(namespace, operations))
        return [(operation, refusal) for operation, refusal in answers if refusal]


def _in_a_thread(work: Callable[[], Done]) -> Done:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def _read(namespace: Namespace, paths: Sequence[str]) -> list[Sysctl]:
    setns(namespace.fd, NEWNET)
    return [Sysctl(namespace.label, path, _seen(namespace, path)) for path in paths]


def _seen(namespace: Namespace, path: str) -> str:
    """What was written, where the kernel shows what it showed after that: it tells 0x10 as 16,
    rounds milliseconds, orders lists, and of some it tells nothing."""
    try:
        _enter_others(namespace, path)
        shown = sysctls.read(path)
    except OSError:
        return ""
    written, shown_then = namespace.taken.get(path, ("", ""))
    return written if shown == shown_then else shown or ""


def _write_all(
    namespace: Namespace, operations: Sequence[Operation]
) -> list[tuple[Operation, Refusal | None]]:
    sysctls.see_them_writable()
    things = ((one, one.thing) for one in operations)
    return [
        (one, _write(namespace, *thing.setting))
        for one, thing in things
        if isinstance(thing, Forwarding | Sysctl)
    ]


def _write(namespace: Namespace, path: str, value: str) -> Refusal | None:
    try:
        setns(namespace.fd, NEWNET)
        _enter_others(namespace, path)
        sysctls.write(path, value)
        namespace.taken[path] = value, sysctls.read(path)
    except OSError as error:
        return Refusal(error.errno or errno.EIO, "")
    return None


def _enter_others(namespace: Namespace, path: str) -> None:
    """Raises `OSError` where they are not, or no more, those of its node."""
    if path.startswith(_OF_NETWORK):
        return
    for name, flag in _OTHERS.items():
        fd = open_namespace(str(Path(namespace.path).with_name(name)))
        try:
            if identity_at(namespace.path) != namespace.identity:
                raise OSError(errno.ESRCH, "its process has ended", namespace.path)
            setns(fd, flag)
        finally:
            os.close(fd)
