"""What obeys for objects that rtnetlink does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from conlink_compose.kernel.namespaces import Namespace
from conlink_compose.kernel.rtnl.link_socket import Refusal
from conlink_compose.state import Operation


class Backend(Protocol):
    def obey(
        self, namespace: Namespace, operations: Sequence[Operation]
    ) -> list[tuple[Operation, Refusal]]:
        """What the kernel refused of the operations, which are all for this namespace."""
        ...
