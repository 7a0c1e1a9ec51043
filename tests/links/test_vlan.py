from __future__ import annotations

from dataclasses import replace

from conlink_compose.state import HUB, End
from tests.links.on_parent import MAC, PARENT, expanded, is_made_anew


def test_it_has_an_id_and_a_mac_of_its_own() -> None:
    found = expanded("vlan", vlanid=5)
    assert (found.data, found.mac) == ((("id", 5),), MAC)


def test_another_id_is_another_interface() -> None:
    assert is_made_anew(expanded("vlan", vlanid=5), expanded("vlan", vlanid=6))


def test_what_it_is_joined_to_is_told() -> None:
    found = expanded("vlan", vlanid=5)
    assert found.joined == "vlan 5 of nic of the machine"
    assert replace(found, parent=End(HUB, "lan")).joined == "vlan 5 of lan"


def test_it_waits_for_a_parent_that_is_down() -> None:
    found = expanded("vlan", vlanid=5)
    parent = replace(found, netns=PARENT.netns, name=PARENT.name, up=False, owned=False)
    told = found.lacks({}, {parent.key: parent})
    assert told
    assert told.message.endswith("nic of the machine is down")
    assert found.lacks({}, {parent.key: replace(parent, up=True)}) is None


def test_the_kernels_module_is_called_otherwise() -> None:
    told = expanded("vlan", frozenset({"vlan"}), vlanid=5).lacks({}, {})
    assert told
    assert told.advice.endswith("modprobe 8021q")
