"""How interfaces are named to the kernel, for whoever puts operations into messages."""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeAlias

from conlink_compose.kernel.rtnl.link_socket import Refusal, Request
from conlink_compose.state import End, Interface

Requests: TypeAlias = tuple[Request, ...] | Refusal
"""What is sent for an operation, in this order; or why nothing can be."""


class Known(NamedTuple):
    """How to name an interface to the kernel, and whether we may."""

    ifindex: int
    owned: bool


class Lookup(Protocol):
    """What was seen last, kept up to date."""

    @property
    def mark(self) -> int:
        """The group of the project's interfaces."""
        ...

    def known(self, end: End) -> Known | None: ...

    def master_of(self, port: Interface) -> int | Refusal:
        """The ifindex of the bridge it shall be a port of."""
        ...
