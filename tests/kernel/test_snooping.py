"""Where a bridge knows who listens to a group, nobody else gets its frames: IGMP and MLD, as in the
kernel's bridge_igmp.sh and bridge_mld.sh. Node d stands for the router that asks for listeners."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from conlink_compose.state import HUB
from tests.kernel.datagrams import datagram, mac_of, query
from tests.kernel.declared_lab import bring_up
from tests.kernel.flooding import heard
from tests.kernel.lab import Lab
from tests.kernel.listening import listener
from tests.kernel.raw_frames import frame, raw

pytestmark = pytest.mark.root

FAMILIES = {
    4: {"near": "10.0.0.1", "router": "10.0.0.4", "joined": "239.1.1.1", "other": "239.2.2.2"},
    6: {"near": "fd00::1", "router": "fe80::4", "joined": "ff15::1:1", "other": "ff15::2:2"},
}
EVERYBODYS = {4: "224.0.0.251", 6: "ff02::1"}
"""A group of one link alone, which nobody has to join."""


def lan(bridge: str = "mode: linux", more: str = "") -> str:
    hosts = ", ".join(
        f"{name}: {{links: [{{bridge: lan, ip: [10.0.0.{number}/24, 'fd00::{number}/64']{more}}}]}}"
        for number, name in enumerate("abcd", 1)
    )
    return f"services: {{}}\nx-conlink: {{bridges: {{lan: {{{bridge}}}}}, hosts: {{{hosts}}}}}\n"


@pytest.fixture
def four(lab_of: Callable[..., Lab]) -> Lab:
    lab = lab_of("a", "b", "c", "d")
    bring_up(lab, lan())
    lab.until_link_local(*(f"{node}:eth0" for node in "abcd"))
    return lab


def ask(lab: Lab, family: int) -> None:
    with raw(lab, "d") as sender:
        sender.send(query(FAMILIES[family]["router"]))
    time.sleep(0.3)  # until all have answered, and the bridge believes that somebody asks


def members(lab: Lab, group: str) -> set[str]:
    """The ports that the bridge has for it."""
    told = json.loads(lab.run(HUB, "bridge", "-j", "mdb", "show", "dev", "lan").stdout)
    return {one["port"] for part in told for one in part["mdb"] if one["grp"] == group}


def until_members(lab: Lab, group: str, *ports: str) -> None:
    deadline = time.monotonic() + 5
    while members(lab, group) != set(ports):
        assert time.monotonic() < deadline, members(lab, group)
        time.sleep(0.05)


def reach(lab: Lab, family: int, name: str = "joined") -> str:
    """Who hears what a sends to that group."""
    one = FAMILIES[family]
    sent = {name: datagram(one["near"], one.get(name, EVERYBODYS[family]), b"to group")}
    return heard(lab, sent, "a", "b", "c", "d")[name]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_join_limits_flooding_to_listeners_and_routers(four: Lab, family: int) -> None:
    group = FAMILIES[family]["joined"]
    assert reach(four, family) == "bcd", "nobody asks for listeners, so none is known"
    ask(four, family)
    assert reach(four, family) == "d", "where nobody listens, the router may know who does"
    with listener(four, "b", group):
        until_members(four, group, "b-eth0")
        assert reach(four, family) == "bd"
        assert reach(four, family, "other") == "d"
        assert reach(four, family, "everybody's") == "bcd"
        with listener(four, "c", group):
            until_members(four, group, "b-eth0", "c-eth0")
            assert reach(four, family) == "bcd"
        without_ip = {"group": frame(mac_of(group), b"not ip..")}
        assert heard(four, without_ip, "a", "b", "c", "d")["group"] == "bcd", "it is snooped on IP"


@pytest.mark.parametrize("family", FAMILIES)
def test_snooping_is_switched_in_place_and_what_is_known_is_learned_anew(
    four: Lab, family: int
) -> None:
    group = FAMILIES[family]["joined"]
    ask(four, family)
    with listener(four, "b", group):
        until_members(four, group, "b-eth0")
        bring_up(four, lan("mode: linux, mcast_snooping: false"))
        assert reach(four, family) == "bcd"
        bring_up(four, lan())
        ask(four, family)
        until_members(four, group, "b-eth0")
        assert reach(four, family) == "bd"
        four.run(HUB, *f"bridge mdb del dev lan port b-eth0 grp {group}".split())
        assert "b" not in reach(four, family)
        ask(four, family)
        until_members(four, group, "b-eth0")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_node_that_starts_again_listens_anew(four: Lab, family: int) -> None:
    group = FAMILIES[family]["joined"]
    ask(four, family)
    with listener(four, "b", group):
        until_members(four, group, "b-eth0")
        four.restart("b")
    bring_up(four, lan())
    assert members(four, group) == set(), "what it had joined went with its port"
    assert reach(four, family) == "d"
    four.until_link_local("b:eth0")
    with listener(four, "b", group):
        until_members(four, group, "b-eth0")
        assert reach(four, family) == "bd"


def test_an_isolated_listener_does_not_hear_its_isolated_neighbour(four: Lab) -> None:
    isolated = ", isolated: true"
    text = lan(more=isolated).replace(f"'fd00::3/64']{isolated}", "'fd00::3/64']")
    bring_up(four, text)
    ask(four, 4)
    with listener(four, "b", "239.1.1.1"), listener(four, "c", "239.1.1.1"):
        until_members(four, "239.1.1.1", "b-eth0", "c-eth0")
        assert reach(four, 4) == "c"
