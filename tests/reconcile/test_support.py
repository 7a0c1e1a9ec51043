from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from conlink_compose.compose.locate import Request
from conlink_compose.reading import read
from conlink_compose.reconcile.support import impossible, unsupported
from conlink_compose.topology import Bridge, Link

from .declared import endpoint, on_bridge, service, topology

LAN = topology(on_bridge("a", "lan"), services=(service("a"),), bridges=("lan",))


def test_what_can_be_brought_up_is_not_complained_about() -> None:
    assert not list(unsupported(LAN))


def test_each_thing_that_cannot_is_named() -> None:
    (found,) = unsupported(replace(LAN, bridges=(Bridge("lan", "ovs"),)))
    assert found.code == "not-yet"
    assert "mode ovs" in found.message


def test_the_caret_stands_under_what_cannot_be_brought_up(tmp_path: Path) -> None:
    text = """\
x-conlink:
  bridges:
    wan: {mode: ovs}
services:
  a: {network_mode: none, x-conlink: {links: [{bridge: lan, dev: y}]}}
"""
    (tmp_path / "compose.yaml").write_text(text)
    reading = read(Request(files=("compose.yaml",), environ={}, working_directory=str(tmp_path)))
    assert reading.topology, reading.diagnostics
    lines = text.split("\n")
    at = [found.span for found in unsupported(reading.topology) if found.span]
    words = [lines[span.line - 1][span.column - 1 : span.end_column - 1] for span in at]
    assert words == ["ovs"]


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
