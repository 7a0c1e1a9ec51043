"""The routes that the kernel keeps for the prefixes of addresses: which are there, which are lost.

One is lost where an address that makes it stands and it does not: somebody removed it, since the
kernel only removes it with the last such address or when the link goes down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from conlink_compose.kernel.rtnl.messages_address import prefix
from conlink_compose.kernel.rtnl.read_address import AddressRecord, shortest
from conlink_compose.kernel.rtnl.read_link import LinkRecord
from conlink_compose.kernel.rtnl.read_route import RouteRecord
from conlink_compose.linux.uapi import RT_TABLE_MAIN
from conlink_compose.state import PrefixRoute


def prefix_routes(
    label: str,
    links: Mapping[int, LinkRecord],
    addresses: Iterable[AddressRecord],
    routes: Iterable[RouteRecord],
) -> Iterator[PrefixRoute]:
    """Those that are there, whoever made them, and those that are lost."""
    found = {(route.ifindex, route.to): route for route in routes if _leads_to_a_prefix(route)}
    for (ifindex, network), route in found.items():
        if ifindex in links:
            yield PrefixRoute(label, links[ifindex].name, network, route.src)
    for address in addresses:
        link = links.get(address.ifindex)
        if link is None or not link.up:
            continue
        to = _prefix(address)
        if to and (link.ifindex, to) not in found:
            yield PrefixRoute(label, link.name, to, _source(address), there=False)


def _leads_to_a_prefix(route: RouteRecord) -> bool:
    """One of our own may be a declared route, and does not stand for the kernel's."""
    return route.table == RT_TABLE_MAIN and route.via is None and not route.ours


def _prefix(address: AddressRecord) -> str | None:
    """The network of which the kernel makes a route for this address (net/ipv4/fib_frontend.c,
    fib_add_ifaddr; net/ipv6/addrconf.c, addrconf_prefix_route), if it does for any.

    IPv4 makes one for the first address of a prefix alone; IPv6 also for one of 128 bits.
    """
    if not address.prefixed or address.secondary:
        return None
    network = _network(address.cidr)
    without = ":" not in network and (network.startswith("0.") or network.endswith("/32"))
    return None if without else network


@lru_cache(maxsize=1 << 14)
def _network(cidr: str) -> str:
    """As `ipaddress` has it, which takes five times as long."""
    family, packed, length = prefix(cidr)
    low = len(packed) * 8 - length
    number = int.from_bytes(packed, "big") >> low << low
    return f"{shortest(family, memoryview(number.to_bytes(len(packed), 'big')))}/{length}"


def _source(address: AddressRecord) -> str | None:
    """IPv6 chooses a source for each packet; its prefix routes name none."""
    return None if ":" in address.cidr else address.cidr.partition("/")[0]
