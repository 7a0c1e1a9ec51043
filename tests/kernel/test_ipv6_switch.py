"""A node in which IPv6 is switched off, as it is in most containers."""

from __future__ import annotations

import pytest

from conlink_compose.state import Address, Ready, Route
from tests.kernel.lab import Lab, add, add_wire, change

pytestmark = pytest.mark.root

SWITCH_OFF = "for i in all default; do echo 1 > /proc/sys/net/ipv6/conf/$i/disable_ipv6; done"
AWAY = Route("a", "eth0", "fd09::/64", "fd00::2")


def ping(lab: Lab, node: str, address: str) -> bool:
    """Whether one of ten is answered: a carrier that has just come may be told late."""
    return not lab.run(node, "ping", "-c", "10", "-i", "0.2", address).returncode


def is_off(lab: Lab, node: str, interface: str) -> bool:
    path = f"/proc/sys/net/ipv6/conf/{interface}/disable_ipv6"
    return lab.run(node, "cat", path).stdout.strip() == "1"


@pytest.fixture(name="wired")
def wired_fixture(lab: Lab) -> Lab:
    for node in "ab":
        lab.run(node, "sh", "-c", f"ip link set lo up; {SWITCH_OFF}")
    lab.do(add_wire("a", "b"), add_wire("a", "b", "eth1"))
    assert all(is_off(lab, node, "eth0") for node in "ab")
    return lab


def test_it_is_switched_on_for_an_interface_that_has_such_an_address(wired: Lab) -> None:
    addresses = [add(Address(node, "eth0", f"fd00::{n}/64")) for n, node in enumerate("ab", 1)]
    wired.do(*addresses, add(AWAY), add(Ready("a")))
    assert ping(wired, "a", "fd00::2")
    assert ping(wired, "a", "fd00::1"), "its own, by way of lo"
    (route,) = wired.ip("a", "-6 route show fd09::/64")
    assert route["gateway"] == "fd00::2"
    assert is_off(wired, "a", "eth1"), "which needs none"
    assert [one.netns for one in wired.observe().state if isinstance(one, Ready)] == ["a"]


def test_it_is_switched_on_again(wired: Lab) -> None:
    address = Address("a", "eth0", "fd00::1/64")
    wired.do(add(address))
    wired.run("a", "sh", "-c", SWITCH_OFF)
    assert wired.cidrs("a", "eth0") == set()
    wired.do(add(address))
    assert wired.cidrs("a", "eth0") == {"fd00::1/64"}


def test_a_gateway_of_that_family_is_enough(wired: Lab) -> None:
    wired.do(add(Address("a", "eth0", "10.0.0.1/24")))
    wired.do(add(Route("a", "eth0", "10.9.0.0/24", "fe80::2", onlink=True)))
    (route,) = wired.ip("a", "route show 10.9.0.0/24")
    assert route["via"] == {"family": "inet6", "host": "fe80::2"}


def test_a_route_that_is_changed_meets_it_too(wired: Lab) -> None:
    address = Address("a", "eth0", "fd00::1/64")
    wired.do(add(address), add(AWAY))
    wired.run("a", "sh", "-c", SWITCH_OFF)
    wired.observe()
    assert wired.kernel.apply((change(AWAY, Route("a", "eth0", "fd09::/64", "fd00::3")),))
    wired.do(add(address), add(AWAY))
    (route,) = wired.ip("a", "-6 route show fd09::/64")
    assert route["gateway"] == "fd00::2"
