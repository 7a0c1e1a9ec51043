"""Sysctls that this machine's kernel does not take: asked of it before anything is started."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from conlink_compose.compose.load import Document
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.scalars import as_text
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.linux import sysctls
from conlink_compose.linux.namespaces import NEWIPC, NEWNET, NEWUSER, NEWUTS, unshare

_Setting = tuple[str, str, Span]


def refused_sysctls(document: Document) -> list[Diagnostic]:
    """An error at each sysctl of a service or a host that the kernel has not, or refuses."""
    wanted = [one for owner in _owners(document) for one in _settings(owner)]
    wanted = [one for one in wanted if sysctls.refusal(one[0]) is None]
    found = zip(wanted, _tried([(name, value) for name, value, _ in wanted]), strict=True)
    return [_told(*one, number) for one, number in found if number]


def _owners(document: Document) -> Iterator[Map]:
    for service in document.services.values():
        if not service.is_network_service:
            yield service.keys
    top = document.tree.get("x-conlink")
    hosts = top.get("hosts") if isinstance(top, Map) else None
    if isinstance(hosts, Map):
        yield from (one for one in hosts.values() if isinstance(one, Map))


def _settings(owner: Map) -> Iterator[_Setting]:
    value: Value = owner.get("sysctls")
    if isinstance(value, Map):
        for name, one in value.items():
            if not isinstance(one, Map | List):
                yield name, as_text(one), value.keys_at[name]
    for item, at in value.placed() if isinstance(value, List) else ():
        if not isinstance(item, Map | List):
            name, _, text = as_text(item).partition("=")
            yield name, text, at


def _told(name: str, value: str, at: Span, number: int) -> Diagnostic:
    if number == errno.ENOENT:
        return Diagnostic("unknown-sysctl", f"this machine's kernel has no sysctl `{name}`", at)
    message = f"the kernel refuses the value {value!r} of `{name}`: {os.strerror(number).lower()}"
    return Diagnostic("unknown-sysctl", message, at)


def _tried(wanted: Sequence[tuple[str, str]]) -> list[int]:
    """The kernel's answers, 0 where it took one, from namespaces that end at once. What it says of
    rights, only a node can find out."""
    if not wanted:
        return []
    reader, writer = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()
    if pid == 0:
        _try(wanted, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read()
    os.waitpid(pid, 0)
    answers: list[int] = json.loads(said)
    return answers


def _try(wanted: Sequence[tuple[str, str]], writer: int) -> NoReturn:
    try:
        ask = _write
        try:
            unshare(NEWNET | NEWIPC | NEWUTS | (NEWUSER if os.geteuid() else 0))
        except OSError:  # `up` says why; which names there are, shows without
            ask = _look
        os.write(writer, json.dumps([ask(name, value) for name, value in wanted]).encode())
    finally:
        os._exit(0)


def _write(name: str, value: str) -> int:
    """One of an interface that is still to come is asked of `lo`."""
    try:
        sysctls.write(sysctls.of_loopback(name) or name, value)
    except OSError as error:
        return error.errno if error.errno in (errno.ENOENT, errno.EINVAL) else 0
    return 0


def _look(name: str, value: str) -> int:
    del value
    path = Path("/proc/sys", sysctls.sysctl_path(sysctls.of_loopback(name) or name))
    return 0 if path.exists() else errno.ENOENT
