"""The whole of it: what stands in a topology, and that nothing a user writes can break it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conlink_compose.diagnostics import has_errors, render
from conlink_compose.language import resolve, schema
from tests.language.reading import codes, compose, reading, topology


def test_services_and_hosts_with_their_replicas() -> None:
    text = compose(
        top={"hosts": {"internet": None}},
        web={"scale": 3},
        db={"deploy": {"replicas": 2}},
        gone={"scale": 0},
    )
    services = {str(service.owner): service.replicas for service in topology(text).services}
    assert services == {"web": 3, "db": 2, "gone": 0, "host internet": 1}


def test_the_service_a_user_wrote_for_the_network_is_no_node() -> None:
    text = compose(network={"x-conlink": {"runtime": True}}, web=[{"bridge": "lan"}])
    found = topology(text)
    assert found.runtime.written_by == "network"
    assert [str(service.owner) for service in found.services] == ["web"]


def test_runtime_options() -> None:
    runtime = {"image": "x", "ports": [80, "81:81"], "gate": False, "networks": ["front"]}
    found = topology(compose(top={"runtime": runtime}, web=[])).runtime
    assert (found.image, found.ports, found.gate, found.names, found.networks) == (
        *("x", ("80", "81:81"), False, True),
        ("front",),
    )


def test_a_bridge_that_is_only_used_is_made() -> None:
    (bridge,) = topology(compose(web=[{"bridge": "lan"}])).bridges
    assert (bridge.name, bridge.mode, bridge.subnets) == ("lan", "auto", ())


@pytest.mark.parametrize("profiles", [[], ["more"]], ids=["active", "left out"])
def test_what_a_service_of_another_profile_leads_to_is_no_typo(profiles: list[str]) -> None:
    """Its link is not read; the tunnel and the nat mean it nevertheless."""
    nat = {"bridge": "other", "ip": "10.0.0.1/24", "nat": "10.7.0.1"}
    host = {"sysctls": {"net.ipv4.ip_forward": 1}, "links": [nat]}
    tunnel = {"type": "vxlan", "bridge": "lan", "vni": 5, "remote": "192.0.2.1"}
    links = {"links": [{"bridge": "lan", "ip": "10.7.0.1/24"}]}
    text = compose(
        top={"hosts": {"a": host}, "tunnels": [tunnel]},
        web={"network_mode": "none", "profiles": profiles, "x-conlink": links},
    )
    assert codes(text) == ["no-way-out"]


def test_the_same_address_in_two_domains_is_fine() -> None:
    links = [
        {"bridge": "a", "dev": "eth1", "ip": "10.0.0.1/24"},
        {"bridge": "b", "dev": "eth2", "ip": "10.0.0.1/24"},
        {"bridge": "c", "dev": "eth3", "ip": "10.0.0.1/24", "vlan": 10},
        {"bridge": "c", "dev": "eth4", "ip": "10.0.0.1/24", "vlan": 20},
        {"type": "dummy", "dev": "d0", "ip": "10.0.0.1/24"},
    ]
    assert len(topology(compose(web=links)).links) == 5


@pytest.mark.parametrize("address", ["10.0.0.0/31", "10.0.0.255/32", "10.0.1.0/16", "fd00::/127"])
def test_addresses_that_only_look_like_a_networks(address: str) -> None:
    assert topology(compose(web=[{"bridge": "lan", "ip": address}])).links


@pytest.mark.parametrize(
    "fields",
    [
        {"ip": "10.0.0.2/24", "route": "default via 10.9.9.9 onlink"},
        {"ip": "fd00::2/64", "route": "default via fe80::1"},
        {"ip": "10.0.0.2/32", "route": ["10.9.9.9 dev eth0", "default via 10.9.9.9"]},
        {"ip": "auto", "bridge": "sub", "route": "default via 10.5.0.9"},
    ],
)
def test_gateways_that_can_be_reached(fields: dict[str, Any]) -> None:
    top = {"bridges": {"sub": {"subnet": "10.5.0.0/24"}}}
    assert topology(compose(top=top, web=[{"bridge": "lan", **fields}])).links


def test_a_dev_of_its_own_beside_a_docker_network() -> None:
    text = compose(web={"network_mode": "bridge", "x-conlink": {"links": [{"dev": "eth1"}]}})
    assert "dev-taken" not in codes(text)


def test_a_link_that_cannot_be_read_is_not_missed_elsewhere() -> None:
    """One mistake, one message: no gateway out of reach, no patch with one end."""
    links = [
        {"bridge": "p", "dev": "eth1", "ip": "10.0.0.1"},
        {"bridge": "p", "dev": "eth2", "route": "default via 10.0.0.9", "ipp": "10.0.0.2/24"},
    ]
    text = compose(top={"bridges": {"p": {"mode": "patch"}}}, web=links)
    assert sorted(codes(text)) == ["bad-address", "unknown-key"]


_words = st.sampled_from(
    [
        *(
            "web",
            "db",
            "internet",
            "lan",
            "eth0",
            "eth1",
            "auto",
            "10.0.0.1/24",
            "10.0.0.1",
            "::1/64",
        ),
        *(
            "default via 10.0.0.1",
            "delay 20ms",
            "loss",
            "web:eth1",
            "8080:80/tcp",
            "patch",
            "linux",
        ),
        *(
            "veth",
            "vlan",
            "macvlan",
            "02:00:00:00:00:01",
            "--offload tx off",
            "",
            "on",
            " ",
            "é" * 9,
        ),
    ]
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 5000) | st.floats() | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=2),
    max_leaves=4,
)
_owners = st.fixed_dictionaries({}, optional={"service": _words, "host": _words, "dev": _words})
_links = st.builds(
    dict[str, Any].__or__,
    _owners,
    st.dictionaries(
        st.sampled_from(list(schema.link_schema()["properties"])) | _words, _values, max_size=5
    ),
)
_blocks = st.fixed_dictionaries(
    {},
    optional={
        "links": st.lists(_links | _values, max_size=4) | _values,
        "bridges": st.dictionaries(_words, _values, max_size=2) | _values,
        "hosts": st.dictionaries(_words, _values, max_size=2) | _values,
        "tunnels": st.lists(_values, max_size=2) | _values,
        "commands": st.lists(_owners | _values, max_size=2) | _values,
        "runtime": _values,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_blocks, _blocks | _values, st.integers(0, 3) | _values)
def test_nothing_a_user_writes_breaks_it(top: Any, block: Any, scale: Any) -> None:
    found = reading(compose(top=top, web={"scale": scale, "x-conlink": block}, db=[]))
    assert (found.topology is None) == has_errors(found.diagnostics)
    for diagnostic in found.diagnostics:
        assert render(diagnostic, found.sources)
        if diagnostic.is_error:
            assert diagnostic.span is not None


def test_a_large_project_is_quick() -> None:
    """0.3 s on the machine it was measured on; this bound only catches a square in the count."""
    services = {
        f"s{i}": [
            {"bridge": f"b{j}", "dev": f"eth{j}", "ip": f"10.{j}.{i // 250}.{i % 250 + 1}/16"}
            for j in range(5)
        ]
        for i in range(1000)
    }
    document = reading(compose(**services)).document
    assert document is not None
    start = time.process_time()
    assert not schema.check(document)
    found, told = resolve.resolve(document)
    assert time.process_time() - start < 3
    assert found is not None
    assert len(found.links) == 5000
    assert not told
