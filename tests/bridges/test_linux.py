from __future__ import annotations

from conlink_compose import bridges
from conlink_compose.bridges import BoundBridge
from conlink_compose.bridges.linux import MOST_PORTS, check_ends, check_mask
from conlink_compose.diagnostics import Span
from conlink_compose.state import FRESH, HUB, Interface
from conlink_compose.topology import Bridge


def test_a_knob_that_is_not_declared_is_desired_as_the_kernel_has_it() -> None:
    (plain,) = bridges.mode("linux").expand(BoundBridge(Bridge("lan", "linux"), "lan"))
    assert isinstance(plain, Interface)
    assert (plain.netns, plain.kind, plain.up) == (HUB, "bridge", True)
    assert plain.mtu is None, "the kernel follows the smallest port"
    assert plain.data == FRESH["bridge"]
    (tuned,) = bridges.mode("auto").expand(BoundBridge(Bridge("lan", stp=True, mtu=9000), "lan"))
    assert isinstance(tuned, Interface)
    assert (dict(tuned.data)["stp"], tuned.mtu) == (True, 9000)


def test_the_bits_the_kernel_keeps_to_itself_are_refused() -> None:
    at = Span("compose.yaml", 3, 5, 3, 9)
    assert [found.code for mask in (1, 2, 4, 0xF) for found in check_mask(mask, at)] == (
        ["bad-value"] * 4
    )
    assert not list(check_mask(0x4000, at))


def test_a_bridge_has_so_many_ports() -> None:
    assert not list(check_ends(Bridge("lan", "linux"), MOST_PORTS))
    (full,) = check_ends(Bridge("lan", "linux"), MOST_PORTS + 1)
    assert full.code == "bridge-full"
