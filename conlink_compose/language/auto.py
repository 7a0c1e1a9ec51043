"""`ip: auto`: the first gap of the bridge's subnet, one of each family, that holds an address for
every replica."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from conlink_compose.diagnostics import Span
from conlink_compose.language.bridges import ReadBridge
from conlink_compose.language.links import ReadEnd, ReadLink
from conlink_compose.language.report import Report
from conlink_compose.language.values.addresses import PlacedAddress
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
    if not bridge.subnets and not read.knows_subnets:
        return  # none could be read, which has been told
    if not bridge.subnets:
        for end in asking:
            at = next(at for address, at in end.addresses if address is None)
            _refuse(report, at, f"bridge {bridge.name} has none")
        return
    # One of each family: the first that is declared.
    subnets: dict[int, IpNetwork] = {net.version: net for net in reversed(bridge.subnets)}
    gaps = {version: _Gaps(net, _taken(named, version)) for version, net in sorted(subnets.items())}
    for end in asking:
        end.addresses[:] = _chosen(report, end, gaps)


def _chosen(report: Report, end: ReadEnd, gaps: Mapping[int, _Gaps]) -> Iterator[PlacedAddress]:
    """The addresses of an end, with one of each family in the place of `auto`: of those of which
    it names none itself, and where it names one of each, of all."""
    own = {address.version for address, _ in end.addresses if address is not None}
    wanted = [version for version in gaps if version not in own] or list(gaps)
    for address, at in tuple(end.addresses):
        if address is not None:
            yield address, at
            continue
        for version in wanted:
            chosen = gaps[version].next(max(1, end.replicas))
            if chosen is None:
                _tell_full(report, gaps[version].subnet, end.replicas, at)
            yield chosen, at


def _tell_full(report: Report, subnet: IpNetwork, replicas: int, at: Span) -> None:
    message = f"{subnet} has no {replicas} free addresses in a row"
    message = message if replicas > 1 else f"{subnet} has no free address left"
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
        self.subnet = subnet
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
        kind = ipaddress.IPv4Interface if self.subnet.version == 4 else ipaddress.IPv6Interface
        return kind((start, self.subnet.prefixlen))
