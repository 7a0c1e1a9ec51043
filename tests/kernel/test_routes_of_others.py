"""Ours and somebody else's routes to one destination: both kept apart, theirs never touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conlink_compose.state import Address, Route
from tests.kernel.lab import Lab, add, add_wire, change, remove

pytestmark = pytest.mark.root

FOUR = Route("a", "eth0", "10.9.0.0/16", "10.0.0.8")
SIX = Route("a", "eth0", "fd09::/48", "fd00::8", 1024)
BOTH = pytest.mark.parametrize("ours", [FOUR, SIX], ids=["v4", "v6"])


@pytest.fixture
def wired(lab: Lab) -> Lab:
    lab.do(
        add_wire("a", "b"), *(add(Address("a", "eth0", c)) for c in ("10.0.0.1/24", "fd00::1/64"))
    )
    return lab


def words(route: Route, host: int) -> str:
    """The route as `ip` wants it, by way of another host."""
    metric = f" metric {route.metric}" if route.metric else ""
    assert route.via
    return f"{route.to} via {route.via[:-1]}{host}{metric}"


def gateways(lab: Lab, route: Route) -> list[tuple[str, str]]:
    """(last digit of the gateway, protocol) of all routes there, as `ip` lists them."""
    family = "-6 " if ":" in route.to else ""
    return [
        (hop["gateway"][-1], one["protocol"])
        for one in lab.ip("a", f"{family}route show {route.to}")
        for hop in one.get("nexthops", [one])
    ]


def seen(lab: Lab, route: Route) -> Any:
    return lab.observe().state.things[route.key]


@BOTH
@pytest.mark.parametrize("verb", ["append", "prepend"])
def test_ours_is_seen_beside_theirs(wired: Lab, ours: Route, verb: str) -> None:
    wired.do(add(ours))
    wired.change("a", f"route {verb} {words(ours, 9)}")
    found = seen(wired, ours)
    assert (found.owned, found.via) == (True, ours.via)


@BOTH
def test_a_change_and_a_removal_of_ours_leave_theirs(wired: Lab, ours: Route) -> None:
    assert ours.via
    new = replace(ours, via=f"{ours.via[:-1]}7")
    wired.do(add(ours))
    for verb, host in (("append", 9), ("prepend", 6)):
        wired.change("a", f"route {verb} {words(ours, host)}")
    wired.do(change(seen(wired, ours), new))
    assert sorted(host for host, _ in gateways(wired, ours)) == ["6", "7", "9"]
    wired.do(remove(new))
    assert sorted(host for host, _ in gateways(wired, ours)) == ["6", "9"]


def test_theirs_before_ours_is_told_for_it_takes_the_packets(wired: Lab) -> None:
    wired.do(add(FOUR))
    assert not seen(wired, FOUR).contested
    wired.change("a", f"route append {words(FOUR, 9)}")
    assert not seen(wired, FOUR).contested
    wired.change("a", f"route prepend {words(FOUR, 7)}")
    assert seen(wired, FOUR).contested


def test_theirs_beside_ours_is_told_for_ipv6_shares_the_packets_out(wired: Lab) -> None:
    wired.do(add(SIX))
    assert not seen(wired, SIX).contested
    wired.change("a", f"route append {words(SIX, 9)}")
    assert seen(wired, SIX).contested


def test_a_route_for_a_type_of_service_is_another_route(wired: Lab) -> None:
    wired.change("a", f"route add {words(FOUR, 9)} tos 0x10")
    assert FOUR.key not in wired.observe().state.things
    wired.do(add(FOUR))
    assert (seen(wired, FOUR).via, seen(wired, FOUR).contested) == (FOUR.via, False)


def test_a_route_for_some_sources_is_another_route(wired: Lab) -> None:
    wired.change("a", f"-6 route add {SIX.to} from fd07::/48 via fd00::9")
    assert SIX.key not in wired.observe().state.things


@BOTH
def test_a_refused_change_keeps_the_route_that_was(wired: Lab, ours: Route) -> None:
    wired.do(add(ours))
    beyond = replace(ours, via="fd77::7" if ":" in ours.to else "10.77.0.7")
    wired.observe()
    (failure,) = wired.kernel.apply((change(ours, beyond),))
    assert failure.operation.thing == beyond
    assert seen(wired, ours).via == ours.via


@BOTH
@pytest.mark.parametrize(
    "wanted",
    [{"src": True}, {"onlink": True}, {"via": None}, {"via": None, "src": True}],
    ids=["src", "onlink", "no gateway", "no gateway, src"],
)
def test_each_attribute_is_changed_there_and_back(
    wired: Lab, ours: Route, wanted: dict[str, Any]
) -> None:
    own = "fd00::1" if ":" in ours.to else "10.0.0.1"
    other = replace(ours, **{key: own if key == "src" else value for key, value in wanted.items()})
    wired.do(add(ours))
    for before, after in ((ours, other), (other, ours)):
        wired.do(change(before, after))
        found = seen(wired, after)
        attributes = (found.via, found.src, found.onlink or None)
        assert attributes == (after.via, after.src, after.onlink)
        family = "-6 " if ":" in ours.to else ""
        assert len(wired.ip("a", f"{family}route show {ours.to}")) == 1
