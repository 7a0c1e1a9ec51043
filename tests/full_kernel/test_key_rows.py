"""The rows of the tables of keys that the machine's own kernel may lack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.keys import netem_rows, vlan_rows
from tests.keys.network import Network
from tests.keys.row import Row, cases
from tests.keys.shapes import Shape


@pytest.fixture(name="network", scope="module")
def network_fixture() -> Iterator[Network]:
    # Few namespaces and seldom pings: there is one processor, and all takes ten times as long.
    made = Network(("a", "b", "n-1", "n-2", "c", "d"), between=0.2)
    yield made
    made.end()


@pytest.mark.parametrize(("row", "shape"), cases(netem_rows.ROWS, vlan_rows.ROWS))
def test_it_is_seen_and_changed_and_put_back(network: Network, row: Row, shape: Shape) -> None:
    network.hold(row, shape)
