"""Addresses that no node can have, so that nothing can be sent there."""

from __future__ import annotations

from collections.abc import Iterable

from conlink_compose.language.links import ReadEnd
from conlink_compose.language.values.addresses import kind_of_nobodys
from conlink_compose.topology import IpAddress


def whose_no_node_is(to: IpAddress, ends: Iterable[ReadEnd]) -> str | None:
    """What it is, in words, where no node on the networks of `ends` can have it; None of any other.
    The kernel refuses it as a gateway (net/ipv4/fib_semantics.c, fib_check_nh_v4_gw;
    net/ipv6/route.c, ip6_route_check_nh)."""
    if (kind := kind_of_nobodys(to)) is not None:
        return kind
    for address in (address for end in ends for address, _ in end.addresses):
        # The first address of an IPv6 network is its routers' (RFC 4291, 2.6.1).
        if address is None or address.version == 6 or address.network.prefixlen >= 31:
            continue
        if to == address.network.broadcast_address:
            return f"the broadcast address of {address.network}"
        if to == address.network.network_address:
            return f"the address of the network {address.network} itself"
    return None
