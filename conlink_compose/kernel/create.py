"""Creation under a number of our own choice, which may be taken: then under another."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence

from conlink_compose.kernel.link_socket import LinkSocket, Refusal, Request

TRIES = 3
_TAKEN = (errno.EBUSY, errno.EEXIST)
"""EBUSY tells that a peer's number is taken. Of the interface's own number the kernel says
EEXIST, as it does of a name, which another try does not free."""


def create(through: LinkSocket, makers: Sequence[Callable[[], Request]]) -> dict[int, Refusal]:
    """Send what each maker makes, and what it makes anew where a number may be taken; the
    refused by their place. A maker chooses its numbers at each call."""
    failed: dict[int, Refusal] = {}
    todo = list(range(len(makers)))
    for _ in range(TRIES):
        refused = through.exchange([makers[at]() for at in todo])
        failed = {at: no for at, no in failed.items() if no.errno not in _TAKEN}
        failed |= {todo[place]: refusal for place, refusal in refused.items()}
        todo = [at for at, refusal in failed.items() if refusal.errno in _TAKEN]
        if not todo:
            break
    return failed
