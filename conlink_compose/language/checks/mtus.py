"""An IPv6 address needs room, whichever end of a wire or a patch says the MTU."""

from __future__ import annotations

from conlink_compose.bridges import with_mtus
from conlink_compose.language.report import Report
from conlink_compose.topology import Endpoint, Topology

IPV6_LEAST_MTU = 1280


def check_mtus(report: Report, topology: Topology) -> None:
    """One that is said for both ends of a wire is told once."""
    links = with_mtus(topology).links
    ends = (end for link in links for end in (link.near, link.far) if end)
    found = {end.place("mtu"): end for end in ends if _is_too_small(end)}
    for at, end in found.items():
        whose = "" if "mtu" in dict(end.places) else ", which is the other end's,"
        small_for = f"is too small for an IPv6 address; it takes {IPV6_LEAST_MTU}"
        report.error("mtu-too-small", at, f"mtu {end.mtu}{whose} {small_for}")


def _is_too_small(end: Endpoint) -> bool:
    """The kernel takes IPv6 off a link below the least MTU of IPv6 (RFC 8200, 5)."""
    if not end.mtu or end.mtu >= IPV6_LEAST_MTU:
        return False
    return any(address.version == 6 for address in end.addresses)
