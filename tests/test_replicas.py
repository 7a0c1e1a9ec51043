from ipaddress import ip_address, ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conlink_compose.replicas import address_of, forward_of, mac_of, numbered
from conlink_compose.topology import Endpoint, Forward, Owner, Route

WEB = Owner("service", "web")


@pytest.mark.parametrize(
    ("first", "index", "expected"),
    [
        ("10.0.0.1/24", 1, "10.0.0.1/24"),
        ("10.0.0.255/16", 2, "10.0.1.0/16"),
        ("fd00::ffff/64", 2, "fd00::1:0/64"),
    ],
)
def test_addresses_count_up(first: str, index: int, expected: str) -> None:
    assert address_of(ip_interface(first), index) == ip_interface(expected)


def test_an_address_keeps_its_network() -> None:
    assert address_of(ip_interface("10.0.0.1/24"), 9).network == ip_interface("10.0.0.0/24").network


@pytest.mark.parametrize("first", ["255.255.255.255/8", "ffff:" * 7 + "ffff/64"])
def test_an_address_ends_with_its_family(first: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        address_of(ip_interface(first), 2)


@given(st.integers(0, (1 << 48) - 1000), st.integers(1, 999))
def test_macs_count_up(number: int, index: int) -> None:
    mac = mac_of(number.to_bytes(6, "big").hex(":"), index)
    assert int(mac.replace(":", ""), 16) == number + index - 1


def test_a_mac_ends() -> None:
    with pytest.raises(ValueError, match="is no MAC"):
        mac_of("fe:ff:ff:ff:ff:ff", 2**41)


def test_only_the_outer_port_counts_up() -> None:
    assert forward_of(Forward(8080, 80, "tcp"), 3) == Forward(8082, 80, "tcp")
    with pytest.raises(ValueError, match="is no port"):
        forward_of(Forward(65535, 80, "tcp"), 2)


def test_an_endpoint_is_numbered_whole() -> None:
    first = Endpoint(
        WEB,
        "eth0",
        addresses=(ip_interface("10.0.0.1/24"), ip_interface("fd00::1/64")),
        mac="02:00:00:00:00:ff",
        mtu=1400,
    )
    third = numbered(first, 3)
    assert [str(address) for address in third.addresses] == ["10.0.0.3/24", "fd00::3/64"]
    assert third.mac == "02:00:00:00:01:01"
    assert third.mtu == 1400
    assert numbered(first, 1) is first


def test_a_source_address_of_its_own_moves_along_and_another_stays() -> None:
    own = Route(to=None, via=ip_address("10.0.0.254"), src=ip_address("10.0.0.1"))
    other = Route(to=None, via=ip_address("10.0.0.254"), src=ip_address("10.9.9.9"))
    endpoint = Endpoint(WEB, "eth0", (ip_interface("10.0.0.1/24"),), routes=(own, other))
    sources = [str(route.src) for route in numbered(endpoint, 2).routes]
    assert sources == ["10.0.0.2", "10.9.9.9"]


@pytest.mark.parametrize(
    ("first", "fits"),
    [("10.0.0.250/24", 5), ("10.0.0.0/31", 2), ("10.0.0.1/32", 1), ("fd00::fffe/112", 2)],
)
def test_an_address_stays_in_its_network_and_is_no_broadcast_address(first: str, fits: int) -> None:
    assert address_of(ip_interface(first), fits)
    with pytest.raises(ValueError, match=r"plus \d+ leaves "):
        address_of(ip_interface(first), fits + 1)
