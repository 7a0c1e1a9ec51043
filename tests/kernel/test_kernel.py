"""Held against `ip link add` in a namespace of its own."""

from __future__ import annotations

import pytest

from conlink_compose.kernel.kinds import missing_here
from conlink_compose.state import HUB
from tests.kernel.lab import Lab

pytestmark = pytest.mark.root

KINDS = ("bridge", "dummy", "ifb", "ipvlan", "macvlan", "nonsense", "veth", "vlan", "vxlan")


def test_the_missing_kinds_are_those_that_ip_does_not_get(lab: Lab) -> None:
    missing = lab.kernel.missing_kinds(KINDS)
    assert missing_here(KINDS) == missing, "asked of a process of its own"
    told = {kind: lab.run(HUB, "ip", "link", "add", "type", kind).stderr for kind in KINDS}
    assert missing == {kind for kind in KINDS if "Unknown device type" in told[kind]}
    assert "nonsense" in missing
    assert "bridge" not in missing


def test_asking_leaves_nothing_behind(lab: Lab) -> None:
    lab.kernel.missing_kinds(KINDS)
    assert [one["ifname"] for one in lab.ip(HUB, "link show")] == ["lo"]
