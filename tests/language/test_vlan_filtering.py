"""A bridge whose links name VLANs filters them."""

from __future__ import annotations

from pathlib import Path

import pytest

from conlink_compose.compose.locate import Request
from conlink_compose.reading import read


@pytest.mark.parametrize(
    ("bridge", "vlan", "filters"),
    [
        ("{}", "vlan: 10", True),
        ("{}", "mtu: 1400", None),
        ("{vlan_filtering: true}", "mtu: 1400", True),
        ("{mode: ovs}", "vlan: 10", True),
    ],
)
def test_filtering_follows_what_the_links_say(
    tmp_path: Path, bridge: str, vlan: str, filters: bool | None
) -> None:
    (tmp_path / "compose.yaml").write_text(
        f"x-conlink:\n  bridges: {{lan: {bridge}, other: {{}}}}\n"
        f"services:\n  a: {{network_mode: none, x-conlink: {{links: [{{bridge: lan, {vlan}}}]}}}}\n"
    )
    found = read(
        Request(files=("compose.yaml",), environ={}, working_directory=str(tmp_path))
    ).topology
    assert found
    told = {one.name: one.vlan_filtering for one in found.bridges}
    assert told == {"lan": filters, "other": None}
