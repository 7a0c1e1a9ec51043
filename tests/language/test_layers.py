"""Several places that speak of one interface: which word counts."""

from __future__ import annotations

import pytest

from tests.language.reading import codes, compose, link_of, topology


def _ips(text: str, dev: str, *more: str) -> list[str]:
    link = link_of(topology(text, *more), dev)
    end = link.near if link.near.dev == dev else link.far
    assert end is not None
    return [str(address) for address in end.addresses]


def test_a_later_file_wins_field_by_field() -> None:
    first = compose(web=[{"bridge": "lan", "ip": "10.0.0.1/24", "mtu": 1400}])
    second = compose(web=[{"ip": "10.0.0.2/24"}])
    link = link_of(topology(first, second), "eth0")
    assert (link.bridge, link.near.mtu) == ("lan", 1400)
    assert str(link.near.addresses[0]) == "10.0.0.2/24"
    assert _ips(second, "eth0", first) == ["10.0.0.1/24"]


def test_a_service_wins_over_the_top_level_of_its_file() -> None:
    top = {"links": [{"service": "web", "bridge": "lan", "ip": "10.0.0.1/24"}]}
    assert _ips(compose(top=top, web=[{"ip": "10.0.0.2/24"}]), "eth0") == ["10.0.0.2/24"]


def test_the_top_level_of_a_later_file_wins_over_a_service() -> None:
    first = compose(web=[{"bridge": "lan", "ip": "10.0.0.1/24"}])
    top = {"links": [{"service": "web", "ip": "10.0.0.2/24"}]}
    assert _ips(first, "eth0", compose(top=top)) == ["10.0.0.2/24"]


def test_what_extends_is_stronger_than_what_is_extended() -> None:
    text = """
services:
  base:
    network_mode: none
    x-conlink: {links: [{bridge: lan, dev: eth1, mtu: 1400, ip: 10.0.0.1/24}]}
  web:
    extends: base
    x-conlink: {links: [{dev: eth1, ip: 10.0.0.2/24}]}
"""
    links = topology(text).links
    assert [
        (link.near.owner.name, link.near.mtu, str(link.near.addresses[0])) for link in links
    ] == [
        ("base", 1400, "10.0.0.1/24"),
        ("web", 1400, "10.0.0.2/24"),
    ]


def test_a_node_adds_to_its_end_of_a_wire() -> None:
    text = compose(
        top={"links": [{"endpoints": ["r1:eth1", "r2:eth1"], "mtu": 1400}]},
        r1=[{"dev": "eth1", "ip": "10.0.0.0/31"}],
        r2=[{"dev": "eth1", "ip": "10.0.0.1/31", "mtu": 1300}],
    )
    (link,) = topology(text).links
    assert link.far is not None
    assert (link.near.owner.name, link.far.owner.name) == ("r1", "r2")
    assert (str(link.near.addresses[0]), str(link.far.addresses[0])) == (
        "10.0.0.0/31",
        "10.0.0.1/31",
    )
    assert (link.near.mtu, link.far.mtu) == (1400, 1300)


def test_a_node_adds_to_the_end_another_one_gave_it_as_a_peer() -> None:
    text = compose(
        r1=[{"dev": "eth1", "peer": {"service": "r2", "dev": "eth3", "ip": "10.0.0.1/31"}}],
        r2=[{"dev": "eth3", "mac": "02:00:00:00:00:07"}],
    )
    (link,) = topology(text).links
    assert link.far is not None
    assert (link.far.dev, link.far.mac) == ("eth3", "02:00:00:00:00:07")
    assert str(link.far.addresses[0]) == "10.0.0.1/31"


def test_the_mtu_of_a_wire_holds_for_both_ends() -> None:
    text = compose(
        r1=[{"dev": "eth1", "mtu": 1300, "peer": {"service": "r2", "dev": "eth1"}}], r2=[]
    )
    (link,) = topology(text).links
    assert link.far is not None
    assert link.far.mtu == 1300


def test_the_only_container_of_a_service_is_that_service() -> None:
    text = compose(
        top={"links": [{"container": "lab-web-1", "dev": "eth0", "mtu": 1400}]},
        web=[{"bridge": "lan"}],
    )
    (link,) = topology(text).links
    assert (str(link.near.owner), link.near.mtu, link.bridge) == ("web", 1400, "lan")


@pytest.mark.parametrize("name", ["web-2", "lab-web-2", "lab_web_2"])
def test_one_of_several_containers_is_called_by_its_node(name: str) -> None:
    top = {"links": [{"container": name, "bridge": "lan", "dev": "eth1"}]}
    (link,) = topology(compose(top=top, web={"scale": 2})).links
    assert str(link.near.owner) == "container web-2"


def test_listed_bridges_of_several_files_become_one() -> None:
    first = compose(top={"bridges": [{"bridge": "lan", "mode": "linux", "mtu": 1400}]}, web=[])
    second = compose(top={"bridges": [{"bridge": "lan", "mode": "ovs"}]})
    (bridge,) = topology(first, second).bridges
    assert (bridge.mode, bridge.mtu) == ("ovs", 1400)


def test_links_stand_in_the_order_of_the_files() -> None:
    first = compose(b=[{"bridge": "x", "dev": "b0"}], a=[{"bridge": "y", "dev": "a0"}])
    second = compose(c=[{"bridge": "x", "dev": "c0"}])
    assert [link.near.dev for link in topology(first, second).links] == ["b0", "a0", "c0"]


def test_the_same_interface_twice_in_one_list_is_refused() -> None:
    assert codes(compose(web=[{"bridge": "lan"}, {"bridge": "wan"}])) == ["dev-twice"]


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
