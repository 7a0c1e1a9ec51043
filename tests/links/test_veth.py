from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_interface

from conlink_compose.diagnostics import Span
from conlink_compose.links import BoundLink
from conlink_compose.links.veth import check, check_end, expand, wire_mtus
from conlink_compose.state import HUB, End
from conlink_compose.topology import Endpoint, Forward, Link, Node, Owner, Vlan

AT = Span("compose.yaml", 7, 11, 7, 20)
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
    assert outer.isolated is None, "it is no port"


def test_a_port_is_isolated_or_said_to_be_none() -> None:
    def port(*, isolated: bool) -> bool | None:
        link = Link("veth", END, bridge="lan", isolated=isolated)
        return next(
            one.isolated
            for one in expand(BoundLink(link, NODE, END, outer="web_1-eth0", master="lan"))
            if one.master
        )

    assert (port(isolated=True), port(isolated=False)) == (True, False)


def test_all_of_it_is_brought_up() -> None:
    link = Link("veth", END, forward=(Forward(80, 80, "tcp"),), vlan=Vlan(7), isolated=True)
    assert not list(check(link))


@dataclass(frozen=True)
class Key:
    key_at: Span = AT


def _told(keys: str, *, wired: bool) -> list[str]:
    written = {key: Key() for key in keys.split()}
    return [found.code for found in check_end("eth0 of web", AT, written, wired)]


def test_which_keys_of_an_end_do_not_go_together() -> None:
    assert _told("bridge ip forward vlan isolated", wired=False) == []
    assert _told("outer-dev", wired=False) == []
    assert _told("outer-dev vlan", wired=True) == ["needs-bridge", "needs-bridge"]
    assert _told("outer-dev isolated", wired=False) == ["needs-bridge"]
    assert _told("bridge forward", wired=False) == ["forward-needs-ip"]


def test_an_end_that_leads_nowhere_is_a_warning() -> None:
    (found,) = check_end("eth0 of web", AT, {}, False)
    assert (found.code, found.is_error, found.span) == ("joined-to-nothing", False, AT)
    assert _told("", wired=True) == []


def test_an_mtu_said_at_one_end_of_a_wire_holds_for_both() -> None:
    assert wire_mtus(1400, None) == wire_mtus(None, 1400) == (1400, 1400)
    assert wire_mtus(1400, 1300) == (1400, 1300)
    assert wire_mtus(None, None) == (None, None)
