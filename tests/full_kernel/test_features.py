"""That the questions of `kernel.features` are answered with yes where the kernel can."""

from __future__ import annotations

from conlink_compose.state import HUB, MIRRED, VLAN_FILTERING
from conlink_compose.state.netem import NETEM
from tests.kernel.lab import Lab


def test_it_has_them(lab: Lab) -> None:
    assert lab.kernel.missing_kinds((VLAN_FILTERING, MIRRED, NETEM)) == frozenset()
    assert [one["ifname"] for one in lab.ip(HUB, "link show")] == ["lo"]
