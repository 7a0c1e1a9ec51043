"""Links of a kind that lies on a parent, bound to a node."""

from __future__ import annotations

from typing import Any

from conlink_compose import links
from conlink_compose.links import BoundLink
from conlink_compose.state import MACHINE, End, Interface
from conlink_compose.topology import Endpoint, Link, Node, Owner

OWNER = Owner("service", "a")
PARENT = End(MACHINE, "nic")
MAC = "02:00:00:00:00:01"


def expanded(
    kind: str, missing: frozenset[str] = frozenset(), mtu: int | None = None, **said: Any
) -> Interface:
    """The one interface of such a link."""
    end = Endpoint(OWNER, "eth0", mac=MAC, mtu=mtu)
    link = Link(kind, end, outer="nic", **said)
    assert not list(links.kind(kind).check(link))
    bound = BoundLink(link, Node("a-1", OWNER, 1), end, parent=PARENT, missing=missing)
    (interface,) = links.kind(kind).expand(bound)
    assert (interface.netns, interface.name, interface.kind) == ("a-1", "eth0", kind)
    assert interface.parent == PARENT
    return interface


def is_made_anew(before: Interface, wanted: Interface) -> bool:
    return wanted.is_made_anew(before)
