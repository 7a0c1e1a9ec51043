"""Which kinds of interface this kernel can make: asked of the kernel itself, in a namespace
that ends with the question."""

from __future__ import annotations

import errno
from collections.abc import Iterable

from conlink_compose.kernel.link_socket import LinkSocket
from conlink_compose.kernel.messages_link import make
from conlink_compose.kernel.netns import scratch_socket
from conlink_compose.state import Interface


class Kinds:
    """Asks once for each kind."""

    def __init__(self) -> None:
        self._missing: dict[str, bool] = {}

    def missing(self, kinds: Iterable[str]) -> frozenset[str]:
        """Raises OSError where no namespace can be made."""
        wanted = frozenset(kinds)
        unknown = sorted(wanted - self._missing.keys())
        if unknown:
            asked = LinkSocket(scratch_socket())
            try:
                self._missing.update({kind: _is_missing(asked, kind) for kind in unknown})
            finally:
                asked.close()
        return frozenset(kind for kind in wanted if self._missing[kind])


def _is_missing(asked: LinkSocket, kind: str) -> bool:
    """The kernel looks for the kind, loading its module, before it looks at anything else: a
    vlan without its parent is refused too, but not with EOPNOTSUPP."""
    refused = asked.exchange((make(Interface("", f"is-{kind}"[:15], kind), 0, 0),))
    return bool(refused) and refused[0].errno == errno.EOPNOTSUPP
