"""Bridges of Open vSwitch by the kernel's own datapath: as in userspace, and what only it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conlink_compose.kernel.ovs.datapath import has_kernel_datapath, is_loaded
from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up, steps
from tests.kernel.lab import Lab
from tests.kernel.ovs.test_programs import (
    test_a_folder_that_is_removed_is_made_anew,
    test_a_program_that_is_killed_is_started_again,
)
from tests.kernel.ovs.test_silent import test_who_never_answers_holds_back_no_other_link
from tests.kernel.ovs_lab import USERSPACE, lan, processes, wait_for_handlers
from tests.kernel.test_ovs import (
    test_a_mode_that_is_edited_moves_the_ports,
    test_a_node_that_is_started_again_gets_its_port,
    test_a_trunk_carries_tags_and_its_native_vlan_none,
    test_harm_by_hand_is_seen_and_repaired,
    test_its_own_port_comes_up_again,
    test_tcp_passes,
    test_two_nodes,
    test_vlans,
)
from tests.project import project

__all__ = [
    "test_a_folder_that_is_removed_is_made_anew",
    "test_a_mode_that_is_edited_moves_the_ports",
    "test_a_node_that_is_started_again_gets_its_port",
    "test_a_program_that_is_killed_is_started_again",
    "test_a_trunk_carries_tags_and_its_native_vlan_none",
    "test_harm_by_hand_is_seen_and_repaired",
    "test_its_own_port_comes_up_again",
    "test_tcp_passes",
    "test_two_nodes",
    "test_vlans",
    "test_who_never_answers_holds_back_no_other_link",
]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    wait_for_handlers()
    made = Lab("a", "b", "c").with_ovs(tmp_path / "ovs")
    yield made
    made.close()


def test_its_module_is_asked_for_and_there() -> None:
    assert not USERSPACE
    assert is_loaded()


def test_tagged_frames_pass_a_trunk(lab: Lab) -> None:
    """The tag is the kernel's own, of an interface that lies on the link."""
    bring_up(lab, lan(", vlan: 10", ", vlan: 20", ", vlan: {trunk: [10], native: 20}"))
    for words in (
        "link add link eth0 name tagged type vlan id 10",
        "address add 10.0.0.9/24 dev tagged",
        "address delete 10.0.0.3/24 dev eth0",
        "link set tagged up",
    ):
        lab.change("c", words)
    assert lab.pings("a", "10.0.0.9")
    assert not lab.pings("b", "10.0.0.9")


def test_packets_pass_while_its_programs_are_dead(lab: Lab) -> None:
    """The kernel has the flows that it was told of."""
    wanted = lan("", "")
    bring_up(lab, wanted)
    assert lab.pings("a", "10.0.0.2")
    for program in ("ovs-vswitchd", "ovsdb-server"):
        for pid in processes(lab, program):
            lab.run(HUB, "kill", "-STOP", str(pid))
    assert lab.pings("a", "10.0.0.2")
    for program in ("ovsdb-server", "ovs-vswitchd"):
        for pid in processes(lab, program):
            lab.run(HUB, "kill", "-CONT", str(pid))
    bring_up(lab, wanted)
    assert steps(lab, wanted) == ""


def test_its_ports_have_its_datapath_as_their_master(lab: Lab) -> None:
    """Which is nobody's to undo: the plan is empty."""
    wanted = lan("", "")
    bring_up(lab, wanted)
    assert {one["master"] for one in lab.ip(HUB, "link show type veth")} == {"ovs-system"}
    assert steps(lab, wanted) == ""


def test_a_bridge_that_leaves_its_mode_open_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the module is loaded; not where it is told what only the kernel's own bridge can."""
    assert has_kernel_datapath()
    monkeypatch.setenv("CONLINK_ENGINE", "sandbox")
    links = "{links: [{bridge: lan}, {bridge: other, dev: eth1, isolated: true}]}"
    text = f"x-conlink: {{hosts: {{a: {links}}}}}\nservices: {{}}\n"
    with project(tmp_path, text) as lab:
        planned = lab.plan()
    assert "add     ovs bridge (hub):lan datapath system" in planned
    assert "add     bridge (hub):other" in planned
