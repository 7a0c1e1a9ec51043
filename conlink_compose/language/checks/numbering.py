"""Whether the addresses of all replicas stay in their network, and in the bridge's subnets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conlink_compose.diagnostics import Span
from conlink_compose.language.bridges import ReadBridge
from conlink_compose.language.ends import End
from conlink_compose.language.links import ReadLink
from conlink_compose.language.notes import Notes
from conlink_compose.topology import IpInterface, IpNetwork


def check_numbering(
    notes: Notes, links: Iterable[ReadLink], bridges: Mapping[str, ReadBridge]
) -> None:
    for link in links:
        bridge = bridges.get(link.bridge) if link.bridge else None
        for end in link.ends:
            for address, at in end.addresses:
                if address is None:
                    continue
                if end.replicas > 1 and not _stays(notes, end, address, at):
                    continue
                if bridge and bridge.bridge.subnets:
                    _check_subnets(notes, bridge, address, at)


def _stays(notes: Notes, end: End, address: IpInterface, at: Span) -> bool:
    """Whether replica n still has an address of the network that is a node's."""
    network, more = address.network, end.replicas - 1
    last = int(address) + more
    most = int(network.broadcast_address)
    if address.version == 4 and network.prefixlen < 31:
        most -= 1
    if last <= most:
        return True
    room = most - int(address) + 1
    message = f"{address} plus {more} for replica {end.replicas} of {end.owner} leaves {network}"
    help_ = f"from {address.ip} on there is room for {room}: begin lower, or widen the network"
    notes.error("leaves-subnet", at, message, help_)
    return False


def _check_subnets(notes: Notes, read: ReadBridge, address: IpInterface, at: Span) -> None:
    """An address of a family the bridge has no subnet of is left alone."""
    subnets = [net for net in read.bridge.subnets if net.version == address.version]
    if subnets and not any(_within(address, net) for net in subnets):
        listed = " or ".join(str(net) for net in subnets)
        message = f"{address.ip} is outside the subnet of bridge {read.bridge.name}, {listed}"
        notes.error("outside-subnet", at, message, f"the subnet is declared at {read.at}")


def _within(address: IpInterface, network: IpNetwork) -> bool:
    return int(network.network_address) <= int(address) <= int(network.broadcast_address)
