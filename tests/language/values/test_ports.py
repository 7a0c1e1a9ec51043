from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conlink_compose.topology import Forward, Vlan
from tests.language.reading import compose, topology


def test_forwards_with_and_without_a_list() -> None:
    (link,) = topology(
        compose(web=[{"bridge": "lan", "ip": "10.0.0.2/24", "forward": ["80:8080", "53:53/udp"]}])
    ).links
    forwards = [replace(forward, span=None) for forward in link.forward]
    assert forwards == [Forward(80, 8080, "tcp"), Forward(53, 53, "udp")]


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
