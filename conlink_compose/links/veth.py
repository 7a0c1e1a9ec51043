"""A veth: from a node to a bridge in the hub, or straight to another node (a wire)."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.links import KERNEL_MTU, BoundLink, not_yet
from conlink_compose.state import HUB, End, Interface
from conlink_compose.topology import Endpoint, Link

NEEDS: frozenset[str] = frozenset()
"""Every kernel with network namespaces that is worth the name has veth."""


def check(link: Link) -> Iterator[Diagnostic]:
    for key in ("forward", "vlan", "isolated"):
        if getattr(link, key):
            yield not_yet(link.near, key)


def expand(bound: BoundLink) -> Iterator[Interface]:
    mtu = _mtu_of(bound)
    near = End(bound.near.name, bound.near_end.dev)
    if bound.far and bound.far_end:
        far = End(bound.far.name, bound.far_end.dev)
        yield _inside(near, far, bound.near_end, mtu[0])
        yield _inside(far, near, bound.far_end, mtu[1])
        return
    outer = End(HUB, bound.outer)
    yield _inside(near, outer, bound.near_end, mtu[0])
    yield Interface(*outer, "veth", mtu=mtu[1], up=True, master=bound.master, peer=near)


def _inside(end: End, peer: End, endpoint: Endpoint, mtu: int) -> Interface:
    return Interface(*end, "veth", mac=endpoint.mac, mtu=mtu, up=endpoint.up, master="", peer=peer)


def _mtu_of(bound: BoundLink) -> tuple[int, int]:
    """The MTU of the near and of the far end; one that says nothing follows the other.

    A veth drops a frame that is larger than the MTU of the end it comes out of.
    """
    near = bound.near_end.mtu
    far = bound.far_end.mtu if bound.far_end else None
    return near or far or KERNEL_MTU, far or near or KERNEL_MTU
