"""Every operation and its undo, as `ip` and `bridge` see them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import pytest

from conlink_compose.kernel import mark_of
from conlink_compose.state import HUB, READY, Address, End, Interface, Ready, Route
from tests.kernel.lab import PROJECT, Lab, add, add_bridge, add_link, add_wire, change, remove, veth

pytestmark = pytest.mark.root


def test_a_bridge_with_its_knobs(lab: Lab) -> None:
    wanted = Interface(
        HUB, "br", "bridge", mac="02:00:00:00:00:77", mtu=1400, up=True,
        data=(("stp", True), ("mcast_snooping", False), ("group_fwd_mask", 8)),
    )  # fmt: skip
    lab.do(add(wanted))
    link = lab.link(HUB, "br")
    assert link
    assert (link["address"], link["mtu"]) == ("02:00:00:00:00:77", 1400)
    assert "UP" in link["flags"]
    data = link["linkinfo"]["info_data"]
    assert (data["stp_state"], data["mcast_snooping"], data["group_fwd_mask"]) == (1, 0, "0x8")
    lab.do(remove(wanted))
    assert lab.link(HUB, "br") is None


def test_a_declared_mtu_of_a_bridge_is_not_lowered_by_its_ports(lab: Lab) -> None:
    lab.do(add(Interface(HUB, "br", "bridge", mtu=1450, up=True)), add_link("a"))
    link = lab.link(HUB, "br")
    assert link
    assert link["mtu"] == 1450


def test_the_hub_has_no_address_on_a_bridge_or_its_ports(lab: Lab) -> None:
    lab.do(add_bridge(), *(add_link("a", dev=f"e{i}") for i in range(9)))
    assert [one["addr_info"] for one in lab.ip(HUB, "addr show up")] == [[]] * 10


def test_the_hub_has_no_address_on_what_a_killed_runtime_left_half_made(lab: Lab) -> None:
    lab.do(add_bridge())
    group, peer = mark_of(PROJECT), f"eth0 netns {lab.path('a')}"
    lab.change(HUB, f"link add a-eth0 group {group} type veth peer name {peer}")
    lab.change("a", "link set eth0 up")
    lab.observe()
    _, far = veth(End("a", "eth0"), End(HUB, "a-eth0"), "br")
    lab.do(change(replace(far, up=False, master=""), far))
    assert lab.ip(HUB, "-6 addr show") == []


def test_a_link_to_a_bridge(lab: Lab) -> None:
    near, far = veth(End("a", "eth0"), End(HUB, "a-eth0"), "br")
    near = replace(near, mac="02:00:00:00:01:00", mtu=1400)
    lab.do(add_bridge(), add(near, far))
    inside, outside = lab.link("a", "eth0"), lab.link(HUB, "a-eth0")
    assert inside
    assert outside
    assert (inside["address"], inside["mtu"]) == ("02:00:00:00:01:00", 1400)
    assert outside["master"] == "br"
    assert inside["operstate"] == outside["operstate"] == "UP"
    assert str(inside["group"]) == str(outside["group"]) == str(mark_of(PROJECT))
    ports = json.loads(lab.run(HUB, "bridge", "-j", "link").stdout)
    assert [port["ifname"] for port in ports] == ["a-eth0"]
    lab.do(remove(near))
    assert lab.link("a", "eth0") is lab.link(HUB, "a-eth0") is None


def test_packets_pass_a_bridge_at_once(lab: Lab) -> None:
    lab.do(
        add_bridge(),
        *(add_link(node) for node in "ab"),
        *(add(Address(node, "eth0", f"10.0.0.{i}/24")) for i, node in enumerate("ab", 1)),
        *(add(Address(node, "eth0", f"fd00::{i}/64")) for i, node in enumerate("ab", 1)),
    )
    assert lab.pings("a", "10.0.0.2")
    assert lab.pings("b", "fd00::1")


def test_packets_pass_a_wire_at_once(lab: Lab) -> None:
    lab.do(
        add_wire("a", "b"),
        *(add(Address(node, "eth0", f"10.0.0.{i}/31")) for i, node in enumerate("ab")),
        *(add(Address(node, "eth0", f"fd00::{i}/64")) for i, node in enumerate("ab", 1)),
    )
    assert lab.pings("a", "10.0.0.1")
    assert lab.pings("b", "fd00::1")
    assert [one["ifname"] for one in lab.ip(HUB, "link show")] == ["lo"]
    lab.do(remove(veth(End("b", "eth0"), End("a", "eth0"))[0]))
    assert lab.link("a", "eth0") is None


def test_a_link_that_shall_be_down(lab: Lab) -> None:
    near, far = veth(End("a", "eth0"), End(HUB, "out"))
    lab.do(add(replace(near, up=False), replace(far, up=False)))
    assert lab.ip("a", "link show up") == lab.ip(HUB, "link show up") == []


def test_an_interface_without_another_end(lab: Lab) -> None:
    wanted = Interface("a", "ifb9", "ifb", mtu=1300, up=True)
    address = Address("a", "ifb9", "10.7.0.1/24")
    lab.do(add(wanted), add(address))
    link = lab.link("a", "ifb9")
    assert link
    assert (link["linkinfo"]["info_kind"], link["mtu"]) == ("ifb", 1300)
    assert lab.cidrs("a", "ifb9") == {"10.7.0.1/24"}
    lab.do(remove(wanted))
    assert lab.link("a", "ifb9") is None


def test_a_change_of_everything(lab: Lab) -> None:
    lab.do(add_bridge(), add_bridge("br2"), add_link("a"))
    state = lab.observe().state
    near = state.things["interface", "a", "eth0"]
    far = state.things["interface", HUB, "a-eth0"]
    bridge = state.things["interface", HUB, "br2"]
    assert isinstance(near, Interface)
    assert isinstance(far, Interface)
    assert isinstance(bridge, Interface)
    lab.do(
        change(near, replace(near, mac="02:00:00:00:00:05", mtu=1280, up=False)),
        change(far, replace(far, master="br2")),
        change(bridge, replace(bridge, data=(("stp", True), ("group_fwd_mask", 16)))),
    )
    inside, outside, other = lab.link("a", "eth0"), lab.link(HUB, "a-eth0"), lab.link(HUB, "br2")
    assert inside
    assert outside
    assert other
    assert (inside["address"], inside["mtu"]) == ("02:00:00:00:00:05", 1280)
    assert "UP" not in inside["flags"]
    assert outside["master"] == "br2"
    assert other["linkinfo"]["info_data"]["stp_state"] == 1
    lab.do(change(replace(far, master="br2"), replace(far, master="")))
    freed = lab.link(HUB, "a-eth0")
    assert freed
    assert "master" not in freed


def test_addresses_come_and_go(lab: Lab) -> None:
    wanted = [Address("a", "eth0", cidr) for cidr in ("10.0.0.1/24", "fd00::1/64", "fe80::1/64")]
    lab.do(add_wire("a", "b"), *map(add, wanted))
    assert lab.cidrs("a", "eth0") == {"10.0.0.1/24", "fd00::1/64"}
    lab.do(*map(remove, wanted))
    assert lab.cidrs("a", "eth0") == set()


def test_an_address_that_is_already_gone_has_been_removed(lab: Lab) -> None:
    address = Address("a", "eth0", "10.0.0.1/24")
    lab.do(add_wire("a", "b"), add(address))
    lab.change("a", "addr del 10.0.0.1/24 dev eth0")
    lab.do(remove(address))


def test_the_second_address_outlives_the_first_without_losing_a_packet(lab: Lab) -> None:
    first, second = (Address("a", "eth0", f"10.0.0.{i}/24") for i in (1, 2))
    lab.do(add_wire("a", "b"), add(first), add(second), add(Address("b", "eth0", "10.0.0.9/24")))
    command = ("nsenter", f"--net={lab.path('b')}", "ping", "-q", "-i0.01", "-c60", "10.0.0.2")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ping:
        lab.do(remove(first))
        told = ping.communicate(timeout=20)[0]
    assert " 60 received, 0% packet loss" in told
    assert lab.cidrs("a", "eth0") == {"10.0.0.2/24"}


def test_routes_come_change_and_go(lab: Lab) -> None:
    lab.do(add_wire("a", "b"), add(Address("a", "eth0", "10.0.0.1/24")))
    lab.do(add(Address("a", "eth0", "fd00::1/64")))
    old = Route("a", "eth0", "0.0.0.0/0", "10.0.0.8")
    rest = (
        Route("a", "eth0", "10.9.0.0/16", None, 50, 1000, "10.0.0.1"),
        Route("a", "eth0", "10.8.0.0/16", "192.168.7.7", onlink=True),
        Route("a", "eth0", "::/0", "fd00::9", 1024),
    )
    lab.do(add(old), *map(add, rest))
    new = replace(old, via="10.0.0.9")
    lab.do(change(old, new))
    assert [one["gateway"] for one in lab.ip("a", "route show default")] == ["10.0.0.9"]
    assert lab.ip("a", "route show table 1000")[0]["metric"] == 50
    assert lab.ip("a", "route show 10.8.0.0/16")[0]["flags"] == ["onlink"]
    assert [one["metric"] for one in lab.ip("a", "-6 route show default")] == [1024]
    lab.do(remove(new), *map(remove, rest))
    assert [one["dst"] for one in lab.ip("a", "route show")] == ["10.0.0.0/24"]


def test_an_ipv4_route_through_an_ipv6_gateway(lab: Lab) -> None:
    lab.do(add_wire("a", "b"), add(Address("a", "eth0", "fd00::1/64")))
    route = Route("a", "eth0", "10.9.0.0/16", "fd00::9")
    lab.do(add(route))
    assert lab.ip("a", "route show")[0]["via"] == {"family": "inet6", "host": "fd00::9"}
    found = lab.observe().state.things[route.key]
    assert isinstance(found, Route)
    assert found.via == "fd00::9"


def test_the_ready_mark_comes_and_goes(lab: Lab) -> None:
    lab.do(add(Ready("a")))
    marked = lab.link("a", "lo")
    assert marked
    assert marked["ifalias"] == READY
    lab.do(remove(Ready("a")))
    bare = lab.link("a", "lo")
    assert bare
    assert "ifalias" not in bare


def test_many_links_go_at_once(lab: Lab) -> None:
    links = [add_link("a", dev=f"e{i}") for i in range(20)]
    lab.do(add_bridge(), *links)
    lab.change(HUB, "link add foreign type ifb")
    lab.do(*(remove(link.thing) for link in links[:15]))
    assert {one["ifname"] for one in lab.ip("a", "link show")} == {
        "lo",
        *(f"e{i}" for i in range(15, 20)),
    }
    assert {one["ifname"] for one in lab.ip(HUB, "link show")} >= {"br", "foreign", "a-e15"}
