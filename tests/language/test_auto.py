"""`ip: auto`, against a plain search for the first gap."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conlink_compose.topology import Topology
from tests.language.reading import codes, compose, topology

SUBNET = "10.1.0.0/28"


def _lab(services: list[tuple[int, int | None]], subnet: str = SUBNET) -> str:
    """Services of so many replicas, each at a fixed last number or, None, at auto."""
    top = {"bridges": {"lan": {"subnet": subnet}}}
    written: dict[str, Any] = {}
    for number, (replicas, last) in enumerate(services):
        ip = "auto" if last is None else f"10.1.0.{last}/28"
        links = [{"bridge": "lan", "ip": ip}]
        written[f"s{number}"] = {"scale": replicas, "x-conlink": {"links": links}}
    return compose(top=top, **written)


def _firsts(found: Topology) -> list[int]:
    return [int(link.near.addresses[0]) & 0xFF for link in found.links]


def test_gaps_are_filled_in_the_order_of_the_file() -> None:
    services = [(1, None), (1, 1), (3, None), (1, 3), (1, None)]
    assert _firsts(topology(_lab(services))) == [2, 1, 4, 3, 7]


def test_the_gateway_that_a_route_names_is_left_alone() -> None:
    top = {"bridges": {"lan": {"subnet": SUBNET}}}
    web = [{"bridge": "lan", "ip": "auto", "route": "default via 10.1.0.1"}]
    assert _firsts(topology(compose(top=top, web=web))) == [2]


def test_both_families_side_by_side() -> None:
    top = {"bridges": {"lan": {"subnet": ["fd00::/64", SUBNET]}}}
    (link,) = topology(
        compose(top=top, web=[{"bridge": "lan", "ip": ["auto", "10.1.0.5/28"]}])
    ).links
    assert [str(address) for address in link.near.addresses] == ["fd00::1/64", "10.1.0.5/28"]


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        ("auto", ["10.1.0.1/28", "fd00::1/64"]),
        (["auto", "fd00::100/64"], ["10.1.0.1/28", "fd00::100/64"]),
        (
            ["10.1.0.9/28", "auto", "fd00::9/64"],
            ["10.1.0.9/28", "10.1.0.1/28", "fd00::1/64", "fd00::9/64"],
        ),
    ],
)
def test_it_is_one_of_each_family_that_the_link_does_not_name(
    ip: str | list[str], expected: list[str]
) -> None:
    subnets = ["fd00::/64", SUBNET, "10.2.0.0/28"]
    text = compose(top={"bridges": {"lan": {"subnet": subnets}}}, web=[{"bridge": "lan", "ip": ip}])
    (link,) = topology(text).links
    assert [str(address) for address in link.near.addresses] == expected


def test_replicas_of_both_families_stand_in_a_row() -> None:
    top = {"bridges": {"lan": {"subnet": [SUBNET, "fd00::/64"]}}}
    auto = {"x-conlink": {"links": [{"bridge": "lan", "ip": "auto"}]}}
    found = topology(compose(top=top, a={"scale": 3, **auto}, b=auto))
    assert [[str(ip.ip) for ip in link.near.addresses] for link in found.links] == [
        ["10.1.0.1", "fd00::1"],
        ["10.1.0.4", "fd00::4"],
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.none() | st.integers(1, 12)), min_size=1, max_size=5)
)
def test_it_is_the_first_gap_and_nobody_elses(services: list[tuple[int, int | None]]) -> None:
    taken: set[int] = set()
    for replicas, last in services:
        wanted = set() if last is None else set(range(last, last + replicas))
        if wanted & taken:
            return
        taken |= wanted
    expected = []
    for replicas, last in services:
        fits = [
            first
            for first in range(1, 16 - replicas)
            if not taken & set(range(first, first + replicas))
        ]
        if last is None and not fits:
            assert "subnet-full" in codes(_lab(services))
            return
        first = last if last is not None else fits[0]
        taken |= set(range(first, first + replicas))
        expected.append(first)
    assert _firsts(topology(_lab(services))) == expected


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 254), st.integers(1, 40), st.integers(22, 30))
def test_numbering_stays_inside_or_is_refused(last: int, replicas: int, length: int) -> None:
    address = ipaddress.ip_interface(f"10.1.0.{last}/{length}")
    links = [{"bridge": "lan", "ip": str(address)}]
    text = compose(web={"scale": replicas, "x-conlink": {"links": links}})
    usable = set(address.network.hosts())
    if all(address.ip + more in usable for more in range(replicas)):
        assert topology(text).links[0].near.addresses == (address,)
    else:
        (code,) = codes(text)
        assert code in ("leaves-subnet", "network-address", "broadcast-address")
