"""What is observed is what was applied, and what `ip` says."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from ipaddress import IPv6Interface
from pathlib import Path
from typing import Any, cast

import pytest

from conlink_compose.state import (
    HUB,
    Address,
    End,
    Interface,
    Loopback,
    PrefixRoute,
    Ready,
    Route,
    Thing,
)
from tests.kernel.lab import Lab, add, add_bridge, add_link, add_wire, remove, veth

pytestmark = pytest.mark.root


def holds(found: Thing | None, wanted: Thing) -> bool:
    """All that is declared of `wanted` is so."""
    names = [one.name for one in fields(cast("Any", wanted)) if one.name != "data"]
    declared = {name: getattr(wanted, name) for name in names if getattr(wanted, name) is not None}
    return found is not None and all(getattr(found, name) == declared[name] for name in declared)


def test_what_was_applied_is_observed(lab: Lab) -> None:
    wanted: list[Thing] = [
        Address("a", "eth0", "10.0.0.1/24"),
        Address("a", "eth0", "fd00::1/64"),
        Address("a", "eth0", "fe80::1/64"),
        Address("b", "w0", str(IPv6Interface("::ffff:1.2.3.4/128"))),
        Route("a", "eth0", "0.0.0.0/0", "10.0.0.9"),
        Route("a", "eth0", "fd01::/48", "fd00::9", 1024),
        Route("a", "eth0", "10.9.0.0/16", None, 50, 1000, "10.0.0.1"),
        Ready("b"),
    ]
    links = (add_bridge(), add_link("a"), add_link("b"), add_wire("a", "b", "w0"))
    lab.do(*links, *map(add, wanted))
    lab.until_link_local("a:eth0", "a:w0", "b:eth0", "b:w0")
    state = lab.observe().state
    for operation in links:
        wanted += [one for one in (operation.thing, operation.other) if one]
    wanted += [
        *(Loopback(node, up=False) for node in "ab"),
        *(PrefixRoute(node, dev, "fe80::/64") for node in "ab" for dev in ("eth0", "w0")),
        PrefixRoute("a", "eth0", "10.0.0.0/24", src="10.0.0.1"),
        PrefixRoute("a", "eth0", "fd00::/64"),
        PrefixRoute("b", "w0", "::ffff:102:304/128"),
    ]
    assert [one for one in wanted if not holds(state.things.get(one.key), one)] == []
    assert set(state.things) == {one.key for one in wanted}


def test_what_is_foreign_is_reported_as_foreign(lab: Lab) -> None:
    lab.do(add_bridge())
    lab.change("a", "link add eth0 type ifb")
    lab.change("a", "link set eth0 up")
    lab.change("a", "addr add 10.1.0.1/24 dev eth0")
    lab.change("a", "route add default via 10.1.0.9")
    things = lab.observe().state.things
    foreign = [one for one in things.values() if not one.owned]
    assert {type(one) for one in foreign} == {Interface, Address, Route}
    assert [one.netns for one in foreign] == ["a"] * 3


@pytest.mark.parametrize("to", ["10.9.0.0/16", "fd09::/64"])
def test_a_route_over_the_loopback_alone_is_seen(lab: Lab, to: str) -> None:
    lab.change("a", "link set lo up")
    lab.change("a", f"route add {to} dev lo")
    routes = [one for one in lab.observe().state if isinstance(one, Route)]
    assert [(one.netns, one.interface, one.to, one.owned) for one in routes] == [
        ("a", "lo", to, False)
    ]


def test_another_projects_interface_is_foreign(lab: Lab) -> None:
    lab.change(HUB, "link add other group 1660944385 type ifb")
    found = lab.observe().state.things["interface", HUB, "other"]
    assert not found.owned


def test_a_peer_in_an_unknown_namespace_is_none(lab: Lab) -> None:
    near, far = veth(End("a", "eth0"), End("b", "eth0"))
    lab.do(add(near, far))
    found = lab.kernel.observe({"a": lab.path("a")}).state.things[near.key]
    assert isinstance(found, Interface)
    assert found.peer is None
    again = lab.observe().state.things[near.key]
    assert isinstance(again, Interface)
    assert again.peer == far.end


def test_a_port_that_spanning_tree_holds_back_is_seen_until_it_forwards(lab: Lab) -> None:
    lab.do(add(Interface(HUB, "br", "bridge", data=(("stp", True),), up=True)))
    lab.change(HUB, "link set dev br type bridge forward_delay 200")  # centiseconds, the least
    lab.do(add_link("a"))
    seen = []
    while "listening" not in seen or seen[-1]:
        port = lab.observe().state.things["interface", HUB, "a-eth0"]
        assert isinstance(port, Interface)
        if [port.held] != seen[-1:]:
            seen.append(port.held)
        assert len(seen) < 5
        time.sleep(0.05)
    assert seen[-3:] == ["listening", "learning", None]


def test_both_ends_in_one_namespace(lab: Lab) -> None:
    near, far = veth(End("a", "x"), End("a", "y"))
    lab.do(add(near, far))
    things = lab.observe().state.things
    assert holds(things.get(near.key), near)
    assert holds(things.get(far.key), far)


def test_wires_among_many_nodes_are_told_apart(lab_of: Callable[..., Lab]) -> None:
    names = [f"n{i}" for i in range(6)]
    lab = lab_of(*names)
    wires = [
        add(*veth(End(one, f"to-{other}"), End(other, f"to-{one}")))
        for one in names
        for other in names
        if one < other
    ]
    lab.do(*wires)
    peers = {one.end: one.peer for one in lab.observe().state if isinstance(one, Interface)}
    assert peers == {
        End(one, f"to-{other}"): End(other, f"to-{one}")
        for one in names
        for other in names
        if one != other
    }


def test_a_node_without_namespace_is_gone_and_the_rest_is_observed(lab: Lab) -> None:
    seen = lab.kernel.observe({**lab.paths, "c": "/proc/0/ns/net"})
    assert seen.gone == {"c"}
    assert set(seen.reasons) == {"c"}


def test_a_node_that_shares_the_hub_is_gone(lab: Lab) -> None:
    seen = lab.kernel.observe({"a": lab.path(HUB), "b": lab.path("b")})
    assert seen.gone == {"a"}


def test_a_restarted_node_meets_its_stale_outer_end_and_gets_a_new_link(lab: Lab) -> None:
    link = add_link("a")
    lab.do(add_bridge(), link, add(Ready("a")))
    before = os.fstat(lab.fds["a"]).st_ino
    lab.restart("a")
    assert os.fstat(lab.fds["a"]).st_ino != before
    things = lab.observe().state.things
    assert ("ready", "a") not in things
    assert ("interface", "a", "eth0") not in things
    stale = things.get(("interface", HUB, "a-eth0"))
    if stale:  # The kernel clears a namespace away in its own time.
        assert isinstance(stale, Interface)
        assert stale.owned
        assert stale.peer is None
        assert lab.kernel.apply((remove(stale),)) == ()
    lab.do(link)
    assert holds(lab.observe().state.things.get(link.thing.key), link.thing)


def test_a_node_that_is_left_out_is_let_go(lab: Lab) -> None:
    lab.observe()
    inode = os.fstat(lab.fds["a"]).st_ino
    assert _descriptors_of(inode) > 1
    lab.kernel.observe({"b": lab.path("b")})
    assert _descriptors_of(inode) == 1


def _descriptors_of(inode: int) -> int:
    found = 0
    for one in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # The listing's own descriptor is closed by now.
            found += str(one.readlink()) == f"net:[{inode}]"
    return found
