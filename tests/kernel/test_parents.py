"""Interfaces that lie on a parent, in the hub or in the machine's own namespace."""

from __future__ import annotations

import select
from dataclasses import replace

import pytest

from conlink_compose.kernel import failure_diagnostic
from conlink_compose.state import HUB, MACHINE, OUT_OF_REACH, End, Interface
from tests.kernel.lab import Lab, add, add_bridge, change, remove

pytestmark = pytest.mark.root

LAN = End(HUB, "br")
NIC = End(MACHINE, "eth0")


@pytest.fixture
def machine(lab: Lab) -> Lab:
    """The machine has an eth0, too, and something behind it."""
    lab.with_machine()
    for words in (
        "link add eth0 type veth peer name behind",
        "link set eth0 up",
        "link set behind up",
    ):
        lab.change(MACHINE, words)
    return lab


def macvlan(node: str, parent: End, mode: str = "bridge", kind: str = "macvlan") -> Interface:
    mac = f"02:00:00:00:00:0{ord(node) - ord('a') + 1}"
    data = (("mode", mode),)
    return Interface(node, "eth0", kind, mac=mac, up=True, master="", parent=parent, data=data)


def seen(lab: Lab, node: str, dev: str = "eth0") -> Interface:
    found = lab.observe().state.interface(("interface", node, dev))
    assert found
    return found


@pytest.mark.parametrize("kind", ["macvlan", "macvtap"])
def test_two_nodes_on_an_interface_of_the_machine_reach_each_other(machine: Lab, kind: str) -> None:
    machine.do(*(add(macvlan(node, NIC, kind=kind)) for node in "ab"))
    for number, node in enumerate("ab", 1):
        machine.change(node, f"addr add 10.0.0.{number}/24 dev eth0")
        machine.change(node, f"addr add fd00::{number}/64 dev eth0 nodad")
    assert machine.pings("a", "10.0.0.2")
    assert machine.pings("a", "fd00::2")
    link = machine.link("a", "eth0")
    assert link
    assert link["linkinfo"]["info_kind"] == kind
    assert link["linkinfo"]["info_data"]["mode"] == "bridge"
    assert (link["address"], link["mtu"]) == ("02:00:00:00:00:01", 1500)
    assert seen(machine, "a").parent == NIC
    assert not list(macvlan("a", NIC, kind=kind).differences(seen(machine, "a")))


def test_nothing_of_it_is_seen_in_the_parents_namespace(machine: Lab) -> None:
    before = {one["ifname"] for one in machine.ip(MACHINE, "link show")}
    machine.do(add(macvlan("a", NIC)))
    assert {one["ifname"] for one in machine.ip(MACHINE, "link show")} == before
    assert machine.run(MACHINE, "ip", "netns", "list-id").stdout == "", "it got no number either"


def test_a_parent_may_lie_in_the_hub(lab: Lab) -> None:
    lab.do(add_bridge(), *(add(macvlan(node, LAN)) for node in "ab"))
    for number, node in enumerate("ab", 1):
        lab.change(node, f"addr add 10.0.0.{number}/24 dev eth0")
    assert lab.pings("a", "10.0.0.2")
    assert seen(lab, "a").parent == LAN


def test_a_mode_is_changed_in_place(machine: Lab) -> None:
    machine.do(add(macvlan("a", NIC)))
    before = seen(machine, "a")
    wanted = macvlan("a", NIC, "private")
    assert not wanted.is_made_anew(before)
    assert list(wanted.differences(before)) == ["mode bridge -> private"]
    machine.do(change(before, wanted))
    link = machine.link("a", "eth0")
    assert link
    assert link["linkinfo"]["info_data"]["mode"] == "private"


def test_it_goes_with_its_parent_and_is_made_on_the_next(machine: Lab) -> None:
    machine.do(add(macvlan("a", NIC)))
    machine.change(MACHINE, "link delete eth0")
    assert machine.link("a", "eth0") is None
    machine.change(MACHINE, "link add eth0 type veth peer name behind")
    machine.do(add(macvlan("a", NIC)))
    assert seen(machine, "a").parent == NIC


def test_its_mac_is_free_again_when_its_node_was_restarted(machine: Lab) -> None:
    """The kernel takes its time to clear a namespace that has ended."""
    for _ in range(5):
        machine.do(add(macvlan("a", NIC)))
        machine.restart("a")


def test_a_node_that_is_no_longer_ours_to_link_keeps_none(machine: Lab) -> None:
    machine.do(add(macvlan("a", NIC)))
    machine.kernel.observe({"b": machine.path("b")})
    assert machine.link("a", "eth0") is None


def test_it_has_the_mtu_of_its_parent(machine: Lab) -> None:
    machine.change(MACHINE, "link set eth0 mtu 9000")
    machine.do(add(macvlan("a", NIC)))
    assert seen(machine, "a").mtu == 9000
    machine.change("a", "link set eth0 mtu 1400")
    before, wanted = seen(machine, "a"), macvlan("a", NIC)
    assert list(wanted.differences(before)) == ["mtu 1400 -> 9000"]
    machine.do(change(before, wanted))
    assert seen(machine, "a").mtu == 9000


def test_what_the_kernel_refuses_is_told_and_the_rest_is_made(machine: Lab) -> None:
    machine.observe()
    wide = replace(macvlan("a", NIC), mtu=9000)
    lost = macvlan("b", End(MACHINE, "eth7"))
    failures = machine.kernel.apply((add(wide), add(lost), add(replace(lost, parent=NIC))))
    assert [failure.name for failure in failures] == ["ENODEV", "EINVAL"]
    assert seen(machine, "b").parent == NIC


def test_an_interface_of_the_machine_is_never_ours(machine: Lab) -> None:
    group = machine.kernel._mark
    machine.change(MACHINE, f"link set eth0 group {group}")
    found = machine.observe().state.interface(("interface", *NIC))
    assert found
    assert not found.owned
    failures = machine.kernel.apply((remove(replace(found, owned=True)),))
    assert [failure.name for failure in failures] == ["EPERM"]
    assert machine.link(MACHINE, "eth0")


def test_a_change_of_the_machine_wakes(machine: Lab) -> None:
    machine.observe()
    machine.kernel.drain()
    machine.change(MACHINE, "link set eth0 mtu 1400")
    assert select.select([machine.kernel], [], [], 2)[0]


def test_the_machine_is_looked_at_only_where_a_parent_lies_there(machine: Lab) -> None:
    assert machine.observe().state.interface(("interface", *NIC))
    machine.kernel.leave_machine()
    assert machine.observe().state.interface(("interface", *NIC)) is None


def test_the_hub_may_be_the_machines_own(lab: Lab) -> None:
    assert lab.kernel.reach_machine(lab.path(HUB)) == HUB
    assert lab.kernel.reach_machine("/proc/self/nothing") == OUT_OF_REACH
    assert lab.kernel.reach_machine(None) == OUT_OF_REACH


def test_what_a_parent_cannot_have_is_told_in_words(machine: Lab) -> None:
    machine.change(MACHINE, "link add other link eth0 address 02:00:00:00:00:01 type macvlan")
    machine.change(MACHINE, "link set other up")
    machine.change(MACHINE, "link add bridge type bridge")
    machine.change(MACHINE, "link set behind master bridge")
    machine.observe()
    same_mac = add(macvlan("a", NIC))
    on_port = add(macvlan("b", End(MACHINE, "behind")))
    failures = machine.kernel.apply((same_mac, on_port))
    first, second = sorted(failures, key=lambda one: one.operation.thing.netns)
    assert failure_diagnostic(first).message == (
        "cannot add macvlan interface eth0 of a: another on its parent has this MAC (EADDRINUSE)"
    )
    assert "its parent is taken: by a bridge it is a port of" in failure_diagnostic(second).message
