"""Every kind of tunnel is one module and one word of the schema."""

from __future__ import annotations

import json
from ipaddress import ip_address
from pathlib import Path

import pytest

from conlink_compose import tunnels
from conlink_compose.state import HUB
from conlink_compose.topology import Tunnel

SCHEMA = Path(__file__).parents[2] / "schemas" / "x-conlink.schema.json"
V4, V6 = ip_address("192.0.2.1"), ip_address("2001:db8::1")


def test_the_kinds_are_those_of_the_language() -> None:
    found = json.loads(SCHEMA.read_text())["definitions"]["tunnel"]["properties"]["type"]["enum"]
    assert set(tunnels.kinds()) == set(found)
    with pytest.raises(KeyError):
        tunnels.kind("gre")


def test_the_interface_of_a_tunnel() -> None:
    made = tunnels.expand(Tunnel("vxlan", "lan", V4, 7), "vxlan7", "lan", 9000, stp=False)
    assert (made.netns, made.name, made.kind) == (HUB, "vxlan7", "vxlan")
    assert (made.master, made.mtu, made.up, made.held) == ("lan", 9000, True, "")
    assert made.data == (
        ("vni", 7), ("remote", "192.0.2.1"), ("port", 4789), ("learning", False)
    )  # fmt: skip


def test_geneve_to_an_ipv6_address() -> None:
    made = tunnels.expand(Tunnel("geneve", "lan", V6, 7, 6000), "g", "lan", 1500, stp=True)
    assert made.data == (("vni", 7), ("remote", "2001:db8::1"), ("port", 6000))
    assert made.held is None, "its port is spanning tree's"


def test_a_new_number_or_port_makes_it_anew_and_a_new_remote_does_not() -> None:
    now = tunnels.expand(Tunnel("vxlan", "lan", V4, 7), "t", "lan", 1500, stp=False)
    moved = tunnels.expand(Tunnel("vxlan", "lan", V4, 7, 4000), "t", "lan", 1500, stp=False)
    other = tunnels.expand(
        Tunnel("vxlan", "lan", ip_address("192.0.2.9"), 7), "t", "lan", 1500, stp=False
    )
    assert moved.is_made_anew(now)
    assert not other.is_made_anew(now)
    assert list(other.differences(now)) == ["remote 192.0.2.1 -> 192.0.2.9"]


def test_what_the_kernel_tells_tunnels_apart_by() -> None:
    def same(kind: str, remote: str) -> bool:
        first = Tunnel(kind, "lan", V4, 7)  # type: ignore[arg-type]
        second = Tunnel(kind, "wan", ip_address(remote), 7)  # type: ignore[arg-type]
        return tunnels.identity(first) == tunnels.identity(second)

    assert same("vxlan", "192.0.2.2")
    assert not same("vxlan", "2001:db8::2")
    assert not same("geneve", "192.0.2.2")
    assert same("geneve", "192.0.2.1")
