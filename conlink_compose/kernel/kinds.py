"""Which kinds of interface, and of the `FEATURES`, this kernel has: asked of the kernel itself."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from typing import NoReturn

from conlink_compose.kernel.features import FEATURES
from conlink_compose.kernel.rtnl.link_socket import LinkSocket, scratch_socket
from conlink_compose.kernel.rtnl.messages_link import make
from conlink_compose.linux.namespaces import NEWNET, NEWUSER, unshare
from conlink_compose.state import Interface


def known_kinds(kinds: Iterable[str]) -> dict[str, bool]:
    """Of each whether the kernel can make one, asked in a namespace that ends with the question.
    Raises OSError where no namespace can be made."""
    asked = LinkSocket(scratch_socket())
    try:
        return {kind: _has_kind(asked, kind) for kind in kinds}
    finally:
        asked.close()


def missing_here(kinds: Iterable[str]) -> frozenset[str]:
    """Those that the kernel does not have, asked also without root's rights. Where nothing can be
    found out, none of them: who makes the namespaces says why."""
    wanted = sorted(kinds)
    if not wanted:
        return frozenset()
    reader, writer = os.pipe2(os.O_CLOEXEC)
    pid = os.fork()  # a process cannot leave a user namespace again
    if pid == 0:
        _tell(wanted, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read()
    os.waitpid(pid, 0)
    return frozenset(json.loads(said or "[]"))


def _tell(wanted: Iterable[str], writer: int) -> NoReturn:
    with suppress(OSError):
        if os.geteuid():
            # With a network of its own: into the machine's it has no right to come back.
            unshare(NEWUSER | NEWNET)
        missing = [kind for kind, there in known_kinds(wanted).items() if not there]
        os.write(writer, json.dumps(missing).encode())
    os._exit(0)


def _has_kind(asked: LinkSocket, kind: str) -> bool:
    """The kernel looks for the kind, loading its module, before it looks at anything else: a
    vlan without its parent is refused too, but not with EOPNOTSUPP."""
    if kind in FEATURES:
        return FEATURES[kind](asked)
    refused = asked.exchange((make(Interface("", f"is-{kind}"[:15], kind), 0, 0),))
    return not refused or refused[0].errno != errno.EOPNOTSUPP
