from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from conlink_compose.compose.locate import Request
from conlink_compose.reading import read
from conlink_compose.reconcile.support import impossible, unsupported
from conlink_compose.state import OVS
from conlink_compose.topology import Link

from .declared import endpoint, on_bridge, service, topology

LAN = topology(on_bridge("a", "lan"), services=(service("a"),), bridges=("lan",))


def test_what_can_be_brought_up_is_not_complained_about() -> None:
    assert not list(unsupported(LAN))


def test_a_machine_without_open_vswitch_is_told_once_a_bridge(tmp_path: Path) -> None:
    text = """\
x-conlink:
  bridges:
    wan: {mode: ovs}
services:
  a: {network_mode: none, x-conlink: {links: [{bridge: wan, dev: y}]}}
"""
    (tmp_path / "compose.yaml").write_text(text)
    reading = read(Request(files=("compose.yaml",), environ={}, working_directory=str(tmp_path)))
    assert reading.topology, reading.diagnostics
    (told,) = impossible(reading.topology, frozenset({OVS}), reaches_machine=True)
    assert told.message == (
        "ovs bridge wan of the hub cannot be made: this machine has no Open vSwitch, "
        "or nothing it could pass frames by"
    )
    assert told.help
    assert told.help.startswith("install it (Debian: openvswitch-switch)")
    assert told.span
    assert told.span.line == 3


def test_what_this_kernel_has_not_is_told_once_a_link() -> None:
    link = Link("vlan", endpoint("a", "eth5"), outer="lan", vlanid=5)
    declared = replace(LAN, links=(*LAN.links, link), services=(service("a", 3),))
    (told,) = impossible(declared, frozenset({"vlan"}), reaches_machine=True)
    assert told.message == (
        "vlan interface eth5 of a-1 cannot be made: this machine's kernel has no vlan"
    )
    assert told.help == "load its module: modprobe 8021q"
    assert not list(impossible(declared, frozenset(), reaches_machine=False))


def test_the_machine_may_be_out_of_reach() -> None:
    link = Link("macvlan", endpoint("a", "eth5"), outer="nic")
    declared = replace(LAN, links=(*LAN.links, link))
    (told,) = impossible(declared, frozenset(), reaches_machine=False)
    assert told.message.endswith("nic of the machine is out of reach here")
    assert not list(impossible(declared, frozenset(), reaches_machine=True))
