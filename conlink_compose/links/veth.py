"""A veth: from a node to a bridge in the hub, or straight to another node (a wire)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conlink_compose.diagnostics import Diagnostic, Severity, Span
from conlink_compose.links import KERNEL_MTU, BoundLink, Rules, WrittenKey
from conlink_compose.state import HUB, End, Interface
from conlink_compose.topology import Endpoint, Link

NEEDS: frozenset[str] = frozenset()
"""Every kernel with network namespaces that is worth the name has veth."""


PORT_KEYS = ("forward", "vlan", "isolated")
"""What is said of the port that the outer end is of its bridge."""


def check_end(
    end: object, at: Span, keys: Mapping[str, WrittenKey], wired: bool
) -> Iterator[Diagnostic]:
    if wired and "outer-dev" in keys:
        message = "a wire has no outer end: both its ends are inside nodes"
        place = keys["outer-dev"].key_at
        yield Diagnostic("needs-bridge", message, place, "leave outer-dev out")
    for key in PORT_KEYS:
        if key in keys and (wired or "bridge" not in keys):
            message = f"{key} is for links that lead to a bridge"
            yield Diagnostic("needs-bridge", message, keys[key].key_at)
    if "forward" in keys and "ip" not in keys:
        message = "forward needs ip: where should the traffic go?"
        yield Diagnostic("forward-needs-ip", message, keys["forward"].key_at)
    # A key of the port is told already, and asks for the same.
    if not wired and keys.keys().isdisjoint(("bridge", "outer-dev", *PORT_KEYS)):
        yield Diagnostic(
            "joined-to-nothing",
            f"{end} is joined to nothing",
            at,
            "name a bridge or a peer; or is it one end of a wire, and its dev is misspelt?",
            Severity.WARNING,
        )


RULES = Rules(joins=True, check_end=check_end)


def wire_mtus(near: int | None, far: int | None) -> tuple[int | None, int | None]:
    """The MTU of both ends of a wire; one that says nothing follows the other.

    A veth drops a frame that is larger than the MTU of the end it comes out of.
    """
    return near or far, far or near


def check(link: Link) -> Iterator[Diagnostic]:
    del link  # everything a veth may be told is brought up
    yield from ()


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
    yield Interface(
        *outer,
        "veth",
        mtu=mtu[1],
        up=True,
        master=bound.master,
        peer=near,
        isolated=bound.link.isolated if bound.master else None,
        held="" if bound.master and not bound.stp else None,
    )


def _inside(end: End, peer: End, endpoint: Endpoint, mtu: int) -> Interface:
    return Interface(*end, "veth", mac=endpoint.mac, mtu=mtu, up=endpoint.up, master="", peer=peer)


def _mtu_of(bound: BoundLink) -> tuple[int, int]:
    far = bound.far_end.mtu if bound.far_end else None
    mtus = wire_mtus(bound.near_end.mtu, far)
    return mtus[0] or KERNEL_MTU, mtus[1] or KERNEL_MTU
