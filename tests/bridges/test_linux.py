from __future__ import annotations

import pytest

from conlink_compose import bridges
from conlink_compose.state import HUB
from conlink_compose.topology import Bridge


def test_only_declared_knobs_are_desired() -> None:
    (plain,) = bridges.mode("linux").expand(Bridge("lan", "linux"), "lan")
    assert (plain.netns, plain.kind, plain.up) == (HUB, "bridge", True)
    assert plain.mtu is plain.stp is plain.vlan_filtering is None
    (tuned,) = bridges.mode("auto").expand(Bridge("lan", stp=True, mtu=9000), "lan")
    assert (tuned.stp, tuned.mtu) == (True, 9000)


def test_a_mode_that_is_not_built_is_no_module() -> None:
    with pytest.raises(KeyError):
        bridges.mode("patch")
