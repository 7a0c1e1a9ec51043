from __future__ import annotations

from conlink_compose.links import KERNEL_MTU, BoundLink
from conlink_compose.links.dummy import check, expand
from conlink_compose.topology import Endpoint, Link, Node, Owner

OWNER = Owner("host", "internet")
END = Endpoint(OWNER, "dns", mac="02:00:00:00:00:08")
BOUND = BoundLink(Link("dummy", END), Node("internet", OWNER, 1), END)


def test_a_dummy_lies_in_its_node_and_has_no_peer() -> None:
    (interface,) = expand(BOUND)
    assert (interface.netns, interface.name, interface.kind) == ("internet", "dns", "dummy")
    assert (interface.mtu, interface.up, interface.peer) == (KERNEL_MTU, True, None)
    assert not list(check(BOUND.link))
