"""Every kind of link in a kernel that has them all: the networks of `tests/links/plans`.

Node a lies on p0 of the machine and node b on p1, which are joined to each other.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from conlink_compose import links
from conlink_compose.kernel import failure_diagnostic
from conlink_compose.linux.namespaces import in_each_network
from conlink_compose.reconcile.bind import Binding, bind
from conlink_compose.reconcile.plan import plan
from conlink_compose.state import MACHINE, Interface
from conlink_compose.topology import Topology
from tests.kernel.lab import Lab
from tests.links.cases import DEV, NODE, declared

OTHER = "b-1"
SHARING_MAC = ("ipvlan", "ipvtap")
ON_PARENT = [kind for kind in links.kinds() if kind not in ("veth", "dummy")]


class Wired(Lab):
    """A lab in which a topology is brought up."""

    def __init__(self) -> None:
        super().__init__(NODE, OTHER)
        self.with_machine()
        self.join_parents()

    def join_parents(self) -> None:
        for words in (
            "link add p0 type veth peer name p1",
            "link set p0 up",
            "link set p1 up",
        ):
            self.change(MACHINE, words)

    def converge(self, topology: Topology) -> list[str]:
        """Until nothing is left to do; what stands in the way."""
        for _ in range(4):
            wanted: Binding = bind(topology, tuple(topology.foreseen()))
            found = plan(wanted.state, self.observe().state)
            if not found.plan:
                return [conflict.message for conflict in found.conflicts]
            failures = self.kernel.apply(found.plan)
            assert not failures, [failure_diagnostic(one).message for one in failures]
        raise AssertionError(found.plan)

    def seen(self, node: str = NODE) -> Interface:
        found = self.observe().state.interface(("interface", node, DEV))
        assert found
        return found

    def data(self, name: str) -> Any:
        """What `ip` tells of it."""
        link = self.link(NODE, DEV)
        assert link
        return link["linkinfo"]["info_data"][name]

    def ifindex(self) -> int:
        link = self.link(NODE, DEV)
        assert link
        return int(link["ifindex"])


@pytest.fixture(name="wired")
def wired_fixture() -> Iterator[Wired]:
    made = Wired()
    yield made
    made.close()


def is_as_declared(lab: Wired, topology: Topology) -> None:
    """Asked of `ip`."""
    wanted = bind(topology, tuple(topology.foreseen())).state.interface(("interface", NODE, DEV))
    link = lab.link(NODE, DEV)
    assert wanted
    assert link
    assert link["linkinfo"]["info_kind"] == wanted.kind
    assert wanted.mac in (link["address"], None)
    assert wanted.mtu in (link["mtu"], None)
    assert "UP" in link["flags"]
    for name, value in wanted.data:
        assert lab.data(name) == value
    assert lab.cidrs(NODE, DEV) == {"10.0.0.1/24", "fd00::1/64"}


@pytest.mark.parametrize("kind", links.kinds())
def test_a_kind_comes_and_changes_and_goes(wired: Wired, kind: str) -> None:
    for what in ("add", "change"):
        topology = declared(kind, what)
        assert wired.converge(topology) == []
        is_as_declared(wired, topology)
        if what == "add":
            before = wired.ifindex()
    assert wired.ifindex() == before, "it was changed in place"
    assert wired.converge(declared(kind, "add")) == []
    is_as_declared(wired, declared(kind, "add"))
    assert wired.ifindex() == before, "and back"
    assert wired.converge(declared(kind, "replace")) == []
    is_as_declared(wired, declared(kind, "replace"))
    assert wired.ifindex() != before, "it was made anew"
    assert wired.converge(Topology("lab")) == []
    assert wired.link(NODE, DEV) is None


@pytest.mark.parametrize("kind", links.kinds())
def test_what_somebody_does_to_it_is_put_back(wired: Wired, kind: str) -> None:
    topology = declared(kind, "add")
    wired.converge(topology)
    wired.change(NODE, f"link set {DEV} down mtu 1300")
    if kind not in SHARING_MAC:
        wired.change(NODE, f"link set {DEV} address 02:00:00:00:00:77")
    assert wired.converge(topology) == []
    is_as_declared(wired, topology)
    wired.change(NODE, f"link delete {DEV}")
    assert wired.converge(topology) == []
    is_as_declared(wired, topology)


@pytest.mark.parametrize("kind", [kind for kind in links.kinds() if kind != "dummy"])
def test_two_nodes_reach_each_other(wired: Wired, kind: str) -> None:
    wired.converge(declared(kind, "add"))
    assert wired.pings(NODE, "10.0.0.2")
    assert wired.run(NODE, "ping", "-c1", "-W5", "fd00::2").returncode == 0


@pytest.mark.parametrize("kind", ON_PARENT)
def test_it_waits_for_its_parent_and_comes_with_it(wired: Wired, kind: str) -> None:
    topology = declared(kind, "add")
    wired.converge(topology)
    wired.change(MACHINE, "link delete p0")
    told = wired.converge(topology)
    assert [one.rpartition(": ")[2] for one in told] == [
        "there is no interface p0 of the machine",
        "there is no interface p1 of the machine",
    ]
    assert wired.link(NODE, DEV) is None
    wired.join_parents()
    assert wired.converge(topology) == []
    is_as_declared(wired, topology)


@pytest.mark.parametrize("kind", ON_PARENT)
def test_it_is_seen_where_it_lies_and_has_the_mtu_of_its_parent(wired: Wired, kind: str) -> None:
    topology = declared(kind, "add")
    wired.converge(topology)
    assert str(wired.seen().parent) == f"{MACHINE}:p0"
    wired.change(MACHINE, "link set p0 mtu 1400")
    assert wired.converge(topology) == []
    assert wired.seen().mtu == 1400
    wired.change(MACHINE, "link set p0 mtu 1500")
    assert wired.converge(topology) == []
    assert wired.seen().mtu == 1500
    names = {one["ifname"] for one in wired.ip(MACHINE, "link show")}
    assert names == {"lo", "p0", "p1"}


@pytest.mark.parametrize("kind", ON_PARENT)
def test_it_comes_again_at_once_when_its_node_was_restarted(wired: Wired, kind: str) -> None:
    topology = declared(kind, "add")
    for _ in range(3):
        assert wired.converge(topology) == []
        is_as_declared(wired, topology)
        wired.restart(NODE)


SOL_PACKET, PACKET_AUXDATA, ETH_P_ALL = 263, 8, 3
AUXDATA = struct.Struct("=IIIHHHH")  # struct tpacket_auxdata
VLAN_VALID = 1 << 4


def _listener() -> socket.socket:
    heard = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    heard.bind(("p1", ETH_P_ALL))
    heard.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    heard.settimeout(5)
    return heard


def test_its_frames_are_tagged_on_the_parent(wired: Wired) -> None:
    (heard,) = in_each_network([wired.fds[MACHINE]], _listener)
    assert isinstance(heard, socket.socket)
    wired.converge(declared("vlan", "add"))
    assert wired.pings(NODE, "10.0.0.2")
    tags: set[int] = set()
    while not tags:
        _, ancillary, _, _ = heard.recvmsg(2048, 256)
        for level, kind, data in ancillary:
            status, *_, tag, _ = AUXDATA.unpack(data[: AUXDATA.size])
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA) and status & VLAN_VALID:
                tags.add(tag & 0xFFF)
    heard.close()
    assert tags == {5}


def test_a_vlan_waits_for_a_parent_that_is_down(wired: Wired) -> None:
    topology = declared("vlan", "add")
    wired.change(MACHINE, "link set p0 down")
    told = wired.converge(topology)
    assert told == [
        f"vlan interface {DEV} of {NODE} waits for its parent: p0 of the machine is down"
    ]
    wired.change(MACHINE, "link set p0 up")
    assert wired.converge(topology) == []
    is_as_declared(wired, topology)


def test_what_a_parent_has_of_somebody_else_is_told_in_words(wired: Wired) -> None:
    wired.change(MACHINE, "link add link p0 name theirs type vlan id 5")
    state = bind(declared("vlan", "add"), tuple(declared("vlan", "add").foreseen())).state
    failures = wired.kernel.apply(plan(state, wired.observe().state).plan)
    (told,) = [failure_diagnostic(one).message for one in failures]
    assert f"cannot add vlan interface {DEV} of {NODE}: its parent has a vlan of this id" in told
    assert wired.link(MACHINE, "theirs")
