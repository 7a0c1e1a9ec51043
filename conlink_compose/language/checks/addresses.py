"""The addresses of all links together, replicas counted: each inside its network and the bridge's
subnets, none twice in one broadcast domain, nor a MAC."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from conlink_compose import links as kinds
from conlink_compose.diagnostics import Span
from conlink_compose.language.bridges import ReadBridge
from conlink_compose.language.links import ReadEnd, ReadLink
from conlink_compose.language.report import Report
from conlink_compose.replicas import last_of, mac_of
from conlink_compose.topology import IpInterface, IpNetwork


def check_numbering(
    report: Report, links: Iterable[ReadLink], bridges: Mapping[str, ReadBridge]
) -> None:
    """The addresses of all replicas stay in their network, and in the bridge's subnets."""
    for link in links:
        bridge = bridges.get(link.bridge) if link.bridge else None
        for end in link.ends:
            for address, at in end.addresses:
                if address is None:
                    continue
                if end.replicas > 1 and not _stays(report, end, address, at):
                    continue
                if bridge and bridge.bridge.subnets:
                    _check_subnets(report, bridge, address, at)


def _stays(report: Report, end: ReadEnd, address: IpInterface, at: Span) -> bool:
    """Whether replica n still has an address of the network that is a node's."""
    network, more = address.network, end.replicas - 1
    most = last_of(address)
    if int(address) + more <= most:
        return True
    room = most - int(address) + 1
    message = f"{address} plus {more} for replica {end.replicas} of {end.owner} leaves {network}"
    help_ = f"from {address.ip} on there is room for {room}: begin lower, or widen the network"
    report.error("leaves-subnet", at, message, help_)
    return False


def _check_subnets(report: Report, read: ReadBridge, address: IpInterface, at: Span) -> None:
    """An address of a family the bridge has no subnet of is left alone."""
    subnets = [net for net in read.bridge.subnets if net.version == address.version]
    if subnets and read.knows_subnets and not any(_within(address, net) for net in subnets):
        listed = " or ".join(str(net) for net in subnets)
        message = f"{address.ip} is outside the subnet of bridge {read.bridge.name}, {listed}"
        report.error("outside-subnet", at, message, f"the subnet is declared at {read.at}")


def _within(address: IpInterface, network: IpNetwork) -> bool:
    return int(network.network_address) <= int(address) <= int(network.broadcast_address)


class _Domain:
    """Who has which number. A number is an address with its version, or a MAC with 0."""

    def __init__(self) -> None:
        self._first: dict[tuple[int, int], tuple[ReadEnd, int, Span]] = {}

    def clash(
        self, version: int, start: int, end: ReadEnd, at: Span
    ) -> tuple[int, tuple[ReadEnd, int, Span]] | None:
        """The replica whose number is taken, and by whom; at most one is told of a range."""
        found = None
        for replica in range(1, end.replicas + 1):
            claim = (end, replica, at)
            first = self._first.setdefault((version, start + replica - 1), claim)
            if first is not claim and found is None:
                found = (replica, first)
        return found


def check_domains(report: Report, links: Iterable[ReadLink]) -> None:
    """Nothing twice in one broadcast domain: no address and no MAC, replicas counted."""
    domains: dict[Hashable, _Domain] = {}
    for link in links:
        domain = domains.setdefault(domain_of(link), _Domain())
        for end in link.ends:
            for address, at in end.addresses:
                if address is not None:
                    _check_address(report, domain, end, address, at)
            if end.mac is not None:
                _check_mac(report, domain, end, end.mac)


def domain_of(link: ReadLink) -> Hashable:
    """A bridge, or an access VLAN of it; a parent interface; a wire and a dummy are their own."""
    if link.bridge is not None:
        vlan = link.vlan
        return ("bridge", link.bridge, (vlan.access or vlan.native) if vlan else None)
    if link.outer is not None and not kinds.rules(link.kind).joins:
        return ("parent", link.outer, link.vlanid)
    return link.near.merged.key


def _check_address(
    report: Report, domain: _Domain, end: ReadEnd, address: IpInterface, at: Span
) -> None:
    found = domain.clash(address.version, int(address), end, at)
    if found is None:
        return
    replica, first = found
    taken = address.ip + (replica - 1)
    message = f"{taken}{_for_replica(end, replica)} is taken by {_who(first)}, at {first[2]}"
    if first[0] is end:
        message = f"{end} has {taken} already, at {first[2]}"
    # Through an alias both stand at one place: then it is the link that repeats it.
    report.error("address-twice", end.merged.at if at == first[2] else at, message)


def _check_mac(report: Report, domain: _Domain, end: ReadEnd, mac: str) -> None:
    at = end.place("mac")
    found = domain.clash(0, int(mac.replace(":", ""), 16), end, at)
    if found is not None:
        replica, first = found
        message = f"{mac_of(mac, replica)}{_for_replica(end, replica)} is taken by {_who(first)}"
        at = end.merged.at if at == first[2] else at
        report.error("mac-twice", at, f"{message}, at {first[2]}")


def _for_replica(end: ReadEnd, replica: int) -> str:
    return f" for replica {replica} of {end.owner}" if end.replicas > 1 else ""


def _who(claim: tuple[ReadEnd, int, Span]) -> str:
    end, replica, _ = claim
    which = f" (replica {replica})" if end.replicas > 1 else ""
    return f"{end}{which}"
