from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_interface

from conlink_compose.links import BoundLink
from conlink_compose.links.veth import check, expand
from conlink_compose.state import HUB, End
from conlink_compose.topology import Endpoint, Forward, Link, Node, Owner, Vlan

OWNER = Owner("service", "web")
END = Endpoint(OWNER, "eth0", (ip_interface("10.0.0.1/24"),), mac="02:00:00:00:00:01")
NODE = Node("web-1", OWNER, 1)


def test_the_end_in_the_node_comes_first_and_carries_what_is_declared() -> None:
    link = Link("veth", replace(END, mtu=1400, up=False), bridge="lan")
    inner, outer = expand(BoundLink(link, NODE, link.near, outer="web_1-eth0", master="lan"))
    assert (inner.netns, inner.name, inner.mac) == ("web-1", "eth0", "02:00:00:00:00:01")
    assert (inner.mtu, inner.up, inner.peer) == (1400, False, End(HUB, "web_1-eth0"))
    assert (outer.mtu, outer.up, outer.master, outer.mac) == (1400, True, "lan", None)


def test_without_a_bridge_the_outer_end_lies_loose() -> None:
    _, outer = expand(BoundLink(Link("veth", END), NODE, END, outer="web_1-eth0"))
    assert outer.master == ""


def test_what_is_not_built_yet_is_said() -> None:
    link = Link("veth", END, forward=(Forward(80, 80, "tcp"),), vlan=Vlan(7), isolated=True)
    assert [found.code for found in check(link)] == ["not-yet"] * 3
    assert not list(check(Link("veth", END, bridge="lan")))
