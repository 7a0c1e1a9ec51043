"""Short forms and long forms mean the same."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conlink_compose.topology import Endpoint, Forward, Netem, Route, Vlan
from tests.language.reading import compose, topology


def _end(**fields: Any) -> Endpoint:
    (link,) = topology(compose(web=[{"bridge": "lan", "ip": "10.0.0.2/24", **fields}])).links
    return link.near


def _netem(netem: Any) -> Netem:
    (found,) = _end(netem=netem).netem
    return replace(found, span=None)


def _routes(route: Any) -> list[Route]:
    return [replace(found, span=None) for found in _end(route=route).routes]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("delay 20ms", Netem(delay=20_000)),
        ("latency 1.5s 10us 25%", Netem(delay=1_500_000, jitter=10, correlation=25)),
        ("delay 1ms 1ms distribution pareto", Netem(1000, 1000, distribution="pareto")),
        ("loss 0.1% 25%", Netem(loss=0.1, loss_correlation=25)),
        ("loss random 5 limit 10", Netem(loss=5, limit=10)),
        ("loss gemodel 1% 10% 70% 0.1%", Netem(loss_model=("gemodel", (1, 10, 70, 0.1)))),
        ("loss state 1% rate 1mbit", Netem(loss_model=("state", (1,)), rate=1_000_000)),
        ("duplicate 1% 2% corrupt 3%", Netem(duplicate=1, duplicate_correlation=2, corrupt=3)),
        (
            "delay 10ms reorder 25% 50% gap 5",
            Netem(10_000, reorder=25, reorder_correlation=50, gap=5),
        ),
        ("rate 1.5Mbit", Netem(rate=1_500_000)),
        ("rate 10kbps", Netem(rate=80_000)),
        ("rate 1gibit", Netem(rate=2**30)),
        ("rate 9600", Netem(rate=9600)),
        ("loss 1% seed 42", Netem(loss=1, seed=42)),
        ("delay 0", Netem(delay=0)),
    ],
)
def test_netem_words(words: str, expected: Netem) -> None:
    assert _netem(words) == expected
    assert _netem(words.split(" loss ")) == expected


def test_a_list_of_netem_adds_up() -> None:
    assert _netem(["rate 1mbit", {"delay": "5ms"}]) == Netem(delay=5000, rate=1_000_000)


_times = st.tuples(st.integers(1, 900), st.sampled_from(["us", "ms", "s"])).map(
    lambda pair: f"{pair[0]}{pair[1]}"
)
_shares = st.integers(0, 1000).map(lambda tenth: f"{tenth / 10}%")
_rates = st.tuples(st.integers(1, 900), st.sampled_from(["kbit", "mbit", "mbps", "gibit"])).map(
    lambda pair: f"{pair[0]}{pair[1]}"
)


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries(
        {"delay": _times, "jitter": _times, "correlation": _shares},
        optional={"loss": _shares, "corrupt": _shares, "duplicate": _shares, "rate": _rates},
    )
)
def test_netem_maps_mean_what_words_mean(fields: dict[str, str]) -> None:
    first = f"delay {fields['delay']} {fields['jitter']} {fields['correlation']}"
    rest = [f"{key} {fields[key]}" for key in fields.keys() - {"delay", "jitter", "correlation"}]
    assert _netem(fields) == _netem(" ".join([first, *rest])) == _netem([first, *rest])


@pytest.mark.parametrize(
    ("words", "mapped", "expected"),
    [
        (
            "default via 10.0.0.1",
            {"to": "default", "via": "10.0.0.1"},
            Route(None, ip_address("10.0.0.1")),
        ),
        (
            "0.0.0.0/0 via 10.0.0.1 metric 5 table 100",
            {"to": "0.0.0.0/0", "via": "10.0.0.1", "metric": 5, "table": 100},
            Route(None, ip_address("10.0.0.1"), 5, 100),
        ),
        (
            "10.2.0.0/16 dev eth0 src 10.0.0.2",
            {"to": "10.2.0.0/16", "src": "10.0.0.2"},
            Route(ip_network("10.2.0.0/16"), None, src=ip_address("10.0.0.2")),
        ),
        (
            "to 10.9.9.9 via 172.16.0.1 onlink table main",
            {"to": "10.9.9.9", "via": "172.16.0.1", "onlink": "yes"},
            Route(ip_network("10.9.9.9/32"), ip_address("172.16.0.1"), onlink=True),
        ),
        (
            "default via inet6 fe80::1",
            {"to": "default", "via": "fe80::1"},
            Route(None, ip_address("fe80::1")),
        ),
        ("default", {"to": "default"}, Route(ip_network("0.0.0.0/0"), None)),
    ],
)
def test_routes(words: str, mapped: dict[str, Any], expected: Route) -> None:
    assert _routes(words) == _routes(mapped) == _routes([words]) == [expected]


def test_forwards_with_and_without_a_list() -> None:
    (link,) = topology(
        compose(web=[{"bridge": "lan", "ip": "10.0.0.2/24", "forward": ["80:8080", "53:53/udp"]}])
    ).links
    forwards = [replace(forward, span=None) for forward in link.forward]
    assert forwards == [Forward(80, 8080, "tcp"), Forward(53, 53, "udp")]


@pytest.mark.parametrize(
    "ethtool",
    [
        "--offload rx off tx on",
        "-K rx off tx on",
        ["--offload rx off", "-K tx on"],
        {"rx": False, "tx": "on"},
        [{"rx": "off"}, {"tx": True}],
    ],
)
def test_ethtool(ethtool: Any) -> None:
    assert _end(ethtool=ethtool).ethtool == (("rx", "off"), ("tx", "on"))


@pytest.mark.parametrize(
    ("vlan", "expected"),
    [
        (10, Vlan(10)),
        ("10", Vlan(10)),
        ({"access": 10}, Vlan(10)),
        ({"trunk": [10, "20"], "native": 1}, Vlan(None, (10, 20), 1)),
    ],
)
def test_vlans(vlan: Any, expected: Vlan) -> None:
    (link,) = topology(compose(web=[{"bridge": "lan", "vlan": vlan}])).links
    assert link.vlan is not None
    assert replace(link.vlan, span=None) == expected


@pytest.mark.parametrize("mac", ["02:AA:00:00:00:0f", "02-aa-00-00-00-0F"])
def test_macs_become_lower_case_with_colons(mac: str) -> None:
    assert _end(mac=mac).mac == "02:aa:00:00:00:0f"


@pytest.mark.parametrize(
    "mac", ['"52:54:00:12:34:56"', "02:00:00:00:00:01", "'10:20:30:40:50:10'", "52:54:00:ab:00:60"]
)
def test_a_mac_that_every_yaml_reads_alike_is_no_warning(mac: str) -> None:
    text = f"services: {{web: {{network_mode: none, x-conlink: {{links: [{{mac: {mac}}}]}}}}}}"
    assert topology(text).links[0].near.mac == mac.strip("\"'")


def test_bridges_as_a_map_and_as_a_list() -> None:
    options = {"mode": "linux", "subnet": "10.0.0.0/24", "stp": True}
    mapped = topology(compose(top={"bridges": {"lan": options}}, web=[]))
    listed = topology(compose(top={"bridges": [{"bridge": "lan", **options}]}, web=[]))
    (first,), (second,) = mapped.bridges, listed.bridges
    assert replace(first, span=None, places=()) == replace(second, span=None, places=())
    assert first.subnets == (ip_network("10.0.0.0/24"),)


def test_a_wire_in_both_forms() -> None:
    short = compose(top={"links": [{"endpoints": ["r1:eth1", "r2:eth2"]}]}, r1=[], r2=[])
    long = compose(r1=[{"dev": "eth1", "peer": {"service": "r2", "dev": "eth2"}}], r2=[])
    ends = [
        [(end.owner, end.dev) for end in (link.near, link.far) if end]
        for text in (short, long)
        for link in topology(text).links
    ]
    assert len(ends) == 2
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    ("command", "argv"), [("ip addr", ("sh", "-c", "ip addr")), (["ip", "addr"], ("ip", "addr"))]
)
def test_commands(command: Any, argv: tuple[str, ...]) -> None:
    web = {"x-conlink": {"commands": [{"command": command}]}}
    (found,) = topology(compose(web=web)).commands
    assert (str(found.owner), found.argv) == ("web", argv)
