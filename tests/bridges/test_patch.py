from __future__ import annotations

from conlink_compose import bridges
from conlink_compose.bridges import BoundBridge, Port
from conlink_compose.bridges.patch import check_ends
from conlink_compose.state import HUB, Redirect
from conlink_compose.topology import Bridge, Endpoint, Link, Owner, Topology

PATCH = Bridge("p", "patch")
BOUND = BoundBridge(PATCH, "p")


def test_each_end_leads_to_the_other_and_nothing_is_between() -> None:
    mode = bridges.mode("patch")
    assert list(mode.expand(BOUND)) == []
    assert not mode.IS_INTERFACE
    found = [thing for thing, _ in mode.on_ports(BOUND, (Port("a"), Port("b", tunnel=True)))]
    assert found == [Redirect(HUB, "a", "b"), Redirect(HUB, "b", "a")]


def test_any_other_number_of_ends_leads_nowhere() -> None:
    ports = [Port(name) for name in "abc"]
    for some in (ports[:1], ports, ()):
        assert list(bridges.mode("patch").on_ports(BOUND, some)) == []


def test_a_patch_has_two_ends() -> None:
    assert not list(check_ends(PATCH, 2))
    (found,) = check_ends(PATCH, 1)
    assert found.message == "a patch has two ends; p has 1"


def _mtus(mode: str, *declared: int | None) -> list[int | None]:
    ends = (Endpoint(Owner("host", f"h{n}"), "eth0", mtu=mtu) for n, mtu in enumerate(declared))
    links = tuple(Link("veth", end, bridge="p") for end in ends)
    bridge = Bridge("p", mode)  # type: ignore[arg-type]
    found = bridges.with_mtus(Topology("lab", (), links, (bridge,)))
    return [link.near.mtu for link in found.links]


def test_an_end_that_names_no_mtu_has_the_others() -> None:
    assert _mtus("patch", 9000, None) == _mtus("patch", None, 9000) == [9000, 9000]
    assert _mtus("patch", 9000, 1400) == [9000, 1400]
    assert _mtus("patch", None, None) == [None, None]


def test_a_switch_leaves_each_its_own() -> None:
    for mode in ("linux", "ovs", "auto"):
        assert _mtus(mode, 9000, None) == [9000, None]
