"""What replica i of a service gets, from what replica 1 gets.

Replicas count from 1. `conlink_compose.language.resolve` has checked that no number leaves its
room (subnet, MAC, port) for any declared replica; beyond those, `ValueError` is raised.
"""

from __future__ import annotations

from dataclasses import replace

from conlink_compose.topology import Endpoint, Forward, IpAddress, IpInterface, Route

MAC_END = 1 << 48
PORT_END = 1 << 16


def last_of(first: IpInterface) -> int:
    """The highest address a node may have in the network of `first`, as a number: the broadcast
    address of an IPv4 network is nobody's, but for /31 and /32 (RFC 3021)."""
    network = first.network
    last = int(network.broadcast_address)
    return last - 1 if first.version == 4 and network.prefixlen < 31 else last


def address_of(first: IpInterface, replica: int) -> IpInterface:
    """`first` plus `replica - 1`, with the same prefix length.

    Raises ValueError where that is no node's address in that network any more.
    """
    if replica == 1:
        return first
    if int(first) + replica - 1 > last_of(first):
        raise ValueError(f"{first} plus {replica - 1} leaves {first.network}")
    # A pair of integers spares the ipaddress module the parsing of text: 3 times as fast.
    return type(first)((int(first) + replica - 1, first.network.prefixlen))


def mac_of(first: str, replica: int) -> str:
    """`first` plus `replica - 1`, lower case with colons. Raises ValueError past 48 bits."""
    if replica == 1:
        return first
    number = int(first.replace(":", ""), 16) + replica - 1
    if number >= MAC_END:
        raise ValueError(f"{first} plus {replica - 1} is no MAC address")
    return number.to_bytes(6, "big").hex(":")


def forward_of(first: Forward, replica: int) -> Forward:
    """`first` with its outer port plus `replica - 1`. Raises ValueError past 65535."""
    outer = first.outer + replica - 1
    if outer >= PORT_END:
        raise ValueError(f"port {first.outer} plus {replica - 1} is no port")
    return replace(first, outer=outer)


def numbered(endpoint: Endpoint, replica: int) -> Endpoint:
    """What replica `replica` gets where replica 1 gets `endpoint`."""
    if replica == 1:
        return endpoint
    return replace(
        endpoint,
        addresses=tuple(address_of(first, replica) for first in endpoint.addresses),
        mac=mac_of(endpoint.mac, replica) if endpoint.mac else None,
        routes=tuple(_route_of(route, endpoint, replica) for route in endpoint.routes),
    )


def _route_of(route: Route, endpoint: Endpoint, replica: int) -> Route:
    """A preferred source that is the endpoint's own address moves along with that address."""
    src = route.src
    if src is None or all(src != address.ip for address in endpoint.addresses):
        return route
    return replace(route, src=_plus(src, replica - 1))


def _plus(address: IpAddress, more: int) -> IpAddress:
    return address + more
