from __future__ import annotations

import pytest

from conlink_compose import bridges
from conlink_compose.state import HUB
from conlink_compose.topology import Bridge


def test_a_knob_that_is_not_declared_is_desired_as_the_kernel_has_it() -> None:
    (plain,) = bridges.mode("linux").expand(Bridge("lan", "linux"), "lan")
    assert (plain.netns, plain.kind, plain.up) == (HUB, "bridge", True)
    assert plain.mtu is None, "the kernel follows the smallest port"
    assert (plain.stp, plain.vlan_filtering, plain.mcast_snooping) == (False, False, True)
    (tuned,) = bridges.mode("auto").expand(Bridge("lan", stp=True, mtu=9000), "lan")
    assert (tuned.stp, tuned.mtu) == (True, 9000)


def test_a_mode_that_is_not_built_is_no_module() -> None:
    with pytest.raises(KeyError):
        bridges.mode("patch")
