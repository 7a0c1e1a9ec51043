"""Each row of the tables, in this machine's own kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.keys import bridge_rows, end_rows, link_rows, route_rows, tunnel_rows
from tests.keys.network import Network
from tests.keys.row import Row, cases
from tests.keys.shapes import Shape

pytestmark = pytest.mark.root

ROWS = cases(end_rows.ROWS, link_rows.ROWS, route_rows.ROWS, bridge_rows.ROWS, tunnel_rows.ROWS)


@pytest.fixture(name="network", scope="module")
def network_fixture() -> Iterator[Network]:
    made = Network()
    yield made
    made.end()


@pytest.mark.parametrize(("row", "shape"), ROWS)
def test_it_is_seen_and_changed_and_put_back(network: Network, row: Row, shape: Shape) -> None:
    network.hold(row, shape)
