from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest

from tests.language.reading import codes, compose, topology


def test_bridges_as_a_map_and_as_a_list() -> None:
    options = {"mode": "linux", "subnet": "10.0.0.0/24", "stp": True}
    mapped = topology(compose(top={"bridges": {"lan": options}}, web=[]))
    listed = topology(compose(top={"bridges": [{"bridge": "lan", **options}]}, web=[]))
    (first,), (second,) = mapped.bridges, listed.bridges
    assert replace(first, span=None, places=()) == replace(second, span=None, places=())
    assert first.subnets == (ip_network("10.0.0.0/24"),)


@pytest.mark.parametrize("name", ["ovs-system", "ovs-netdev", "a\\b", "vxlan_sys_4789"])
def test_a_name_that_open_vswitch_refuses(name: str) -> None:
    bridges = {name: {"mode": "ovs"}}
    assert codes(compose(top={"bridges": bridges}, web=[])) == ["bad-name"]
    bridges[name]["mode"] = "linux"
    assert topology(compose(top={"bridges": bridges}, web=[])).bridges[0].name == name
