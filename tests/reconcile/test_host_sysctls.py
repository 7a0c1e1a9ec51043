"""What the sysctls of hosts become, and where they are looked for."""

from __future__ import annotations

import pytest

from conlink_compose.diagnostics import Span
from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.host_sysctls import host_sysctls
from conlink_compose.reconcile.sought import sought
from conlink_compose.state import Forwarding, Sysctl, Thing
from conlink_compose.state.sought import NOTHING
from conlink_compose.topology import Endpoint, Link, Owner, Service, Topology

H = Owner("host", "h")
AT = Span("compose.yaml", 4, 7, 4, 9)


def of(*settings: tuple[str, str], links: tuple[Link, ...] = ()) -> Topology:
    places = tuple((name, AT) for name, _ in settings)
    host = Service(H, sysctls=settings, places=places)
    return Topology("lab", services=(host,), links=links)


@pytest.mark.parametrize(
    ("settings", "things"),
    [
        ((), []),
        (
            (("net.ipv4.ip_forward", "1"), ("net/ipv6/conf/all/forwarding", "0")),
            [Forwarding("h", 4, on=True), Forwarding("h", 6, on=False)],
        ),
        (
            (("net.ipv4.ip_forward", "1"), ("net.ipv4.conf.all.forwarding", "0")),
            [Forwarding("h", 4, on=False)],
        ),
        (
            (("net.ipv4.tcp_rmem", "1\t2  3"), ("net/ipv4/tcp_rmem", "4 5 6")),
            [Sysctl("h", "net/ipv4/tcp_rmem", "4 5 6")],
        ),
        (
            (("net.ipv6.conf.all.forwarding", "2"),),
            [Sysctl("h", "net/ipv6/conf/all/forwarding", "2")],
        ),
    ],
)
def test_the_last_one_holds_by_whatever_name(
    settings: tuple[tuple[str, str], ...], things: list[Thing]
) -> None:
    assert list(host_sysctls(of(*settings))) == [(one, AT) for one in things]


def test_one_of_an_interface_comes_with_it() -> None:
    settings = (("net.ipv4.conf.eth0.rp_filter", "2"), ("net.ipv4.ip_default_ttl", "33"))
    without = of(*settings)
    link = Link("veth", Endpoint(H, "eth0"), bridge="lan")
    for topology, paths in (
        (without, ["net/ipv4/ip_default_ttl"]),
        (
            of(*settings, links=(link,)),
            ["net/ipv4/conf/eth0/rp_filter", "net/ipv4/ip_default_ttl"],
        ),
    ):
        state = bind(topology, tuple(topology.foreseen())).state
        assert [one.path for one in state if isinstance(one, Sysctl)] == paths


def test_they_are_looked_for_only_where_they_are_declared() -> None:
    assert sought(of(), ()) is NOTHING
    found = sought(of(("net.ipv4.ip_forward", "1"), ("net.ipv4.ip_default_ttl", "33")), ())
    assert found.forwarding == {"h"}
    assert found.sysctls == {"h": ["net/ipv4/ip_default_ttl"]}
