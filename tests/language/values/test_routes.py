"""The words of ip and the map mean the same."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from conlink_compose.topology import Route
from tests.language.reading import end_with


def _routes(route: Any) -> list[Route]:
    return [replace(found, span=None) for found in end_with(route=route).routes]


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
