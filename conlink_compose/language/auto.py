"""`ip: auto`: the first gap of the bridge's subnet that holds an address for every replica."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping

from conlink_compose.diagnostics import Span
from conlink_compose.language.bridges import ReadBridge
from conlink_compose.language.links import ReadEnd, ReadLink
from conlink_compose.language.report import Report
from conlink_compose.topology import IpInterface, IpNetwork


def choose_addresses(
    report: Report, links: Iterable[ReadLink], bridges: Mapping[str, ReadBridge]
) -> None:
    """Puts an address in the place of every `auto`, in the order of the files.

    The addresses and the gateways that any link of the bridge names are left alone, so that
    the choice hangs on the file only.
    """
    asking: dict[str, list[ReadEnd]] = defaultdict(list)
    named: dict[str, list[ReadEnd]] = defaultdict(list)
    for link in links:
        for end in link.ends:
            if link.bridge:
                named[link.bridge].append(end)
            autos = [at for address, at in end.addresses if address is None]
            if autos and link.bridge:
                asking[link.bridge].append(end)
            elif autos and not end.merged.partial:
                _refuse(report, autos[0], "a link without a bridge has none")
    for name, ends in asking.items():
        if name in bridges and not bridges[name].partial:
            _choose(report, bridges[name], ends, named[name])


def _refuse(report: Report, at: Span, why: str) -> None:
    report.error("auto-without-subnet", at, f"auto takes an address of the bridge's subnet; {why}")


def _choose(report: Report, read: ReadBridge, asking: list[ReadEnd], named: list[ReadEnd]) -> None:
    bridge = read.bridge
    if not bridge.subnets:
        for end in asking:
            at = next(at for address, at in end.addresses if address is None)
            _refuse(report, at, f"bridge {bridge.name} has none")
        return
    subnet = bridge.subnets[0]
    gaps = _Gaps(subnet, _taken(named, subnet.version))
    for end in asking:
        for place, (address, at) in enumerate(end.addresses):
            if address is not None:
                continue
            chosen = gaps.next(max(1, end.replicas))
            end.addresses[place] = (chosen, at)
            if chosen is None:
                message = f"{subnet} has no {end.replicas} free addresses in a row"
                message = message if end.replicas > 1 else f"{subnet} has no free address left"
                help_ = "what other links and gateways have is not free; widen the subnet"
                report.error("subnet-full", at, message, help_)


def _taken(named: Iterable[ReadEnd], version: int) -> set[int]:
    taken: set[int] = set()
    for end in named:
        for address, _ in end.addresses:
            if address is not None and address.version == version:
                taken.update(range(int(address), int(address) + max(1, end.replicas)))
        for read in end.routes:
            if read.route.via is not None and read.route.via.version == version:
                taken.add(int(read.route.via))
    return taken


class _Gaps:
    """Hands out numbers of a subnet, lowest first; `_lowest` is below every free one."""

    def __init__(self, subnet: IpNetwork, taken: set[int]) -> None:
        self._subnet = subnet
        self._taken = taken
        edges = subnet.prefixlen < subnet.max_prefixlen - 1
        self._lowest = int(subnet.network_address) + edges
        self._end = int(subnet.broadcast_address) + 1 - (edges and subnet.version == 4)

    def next(self, size: int) -> IpInterface | None:
        """The first of `size` free addresses in a row, which are free no more."""
        while self._lowest in self._taken:
            self._lowest += 1
        start = number = self._lowest
        while number < start + size:
            if number >= self._end:
                return None
            if number in self._taken:
                start = number + 1
            number += 1
        self._taken.update(range(start, start + size))
        kind = ipaddress.IPv4Interface if self._subnet.version == 4 else ipaddress.IPv6Interface
        return kind((start, self._subnet.prefixlen))
