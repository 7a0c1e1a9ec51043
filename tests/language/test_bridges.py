from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

from tests.language.reading import compose, topology


def test_bridges_as_a_map_and_as_a_list() -> None:
    options = {"mode": "linux", "subnet": "10.0.0.0/24", "stp": True}
    mapped = topology(compose(top={"bridges": {"lan": options}}, web=[]))
    listed = topology(compose(top={"bridges": [{"bridge": "lan", **options}]}, web=[]))
    (first,), (second,) = mapped.bridges, listed.bridges
    assert replace(first, span=None, places=()) == replace(second, span=None, places=())
    assert first.subnets == (ip_network("10.0.0.0/24"),)
