"""Addresses that the kernel takes and that yet reach nobody: each is a warning, at its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conlink_compose.diagnostics import Span
from conlink_compose.language.bridges import ReadBridge
from conlink_compose.language.links import ReadEnd, ReadLink
from conlink_compose.language.report import Report
from conlink_compose.topology import IpInterface

_Placed = tuple[IpInterface, Span]


def check_subnets(
    report: Report, links: Iterable[ReadLink], bridges: Mapping[str, ReadBridge]
) -> None:
    """The ends of a wire share a subnet; an address on a bridge has its subnet's prefix length."""
    for link in links:
        bridge = bridges.get(link.bridge) if link.bridge else None
        if link.far is not None:
            _check_wire(report, link.near, link.far)
        elif bridge is not None:
            _check_prefixes(report, link.near, bridge)


def _check_wire(report: Report, near: ReadEnd, far: ReadEnd) -> None:
    if near.merged.partial or far.merged.partial:
        return
    for version in (4, 6):
        ours, theirs = _of(near, version), _of(far, version)
        # A route straight over the wire reaches the other end whatever the addresses say.
        if not ours or not theirs or _has_direct_route(near) or _has_direct_route(far):
            continue
        if not any(a.ip in b.network and b.ip in a.network for a, _ in ours for b, _ in theirs):
            (one, _), (other, at) = ours[0], theirs[0]
            message = f"{far} has {other} and {near} {one}: the ends of this wire share no subnet"
            report.warning("no-common-subnet", at, message)


def _of(end: ReadEnd, version: int) -> list[_Placed]:
    """Its addresses of that family, without those that hold on every link alike."""
    return [
        (address, at)
        for address, at in end.addresses
        if address is not None and address.version == version and not address.is_link_local
    ]


def _has_direct_route(end: ReadEnd) -> bool:
    return any(read.route.via is None or read.route.onlink for read in end.routes)


def _check_prefixes(report: Report, end: ReadEnd, read: ReadBridge) -> None:
    subnets = read.bridge.subnets
    whole = {net for net in subnets for a, _ in end.addresses if a and a.network == net}
    for address, at in end.addresses:
        net = next((net for net in subnets if address is not None and address.ip in net), None)
        if address is None or net is None or address.network == net:
            continue
        # A second address of the node may be a single one: the first leads to the neighbours.
        if net in whole and address.network.prefixlen == address.max_prefixlen:
            continue
        message = (
            f"{address} is on bridge {read.bridge.name}, whose subnet is {net}, at {read.at}: "
            "the prefix lengths differ"
        )
        report.warning("prefix-differs", at, message, f"write {address.ip}/{net.prefixlen}")
