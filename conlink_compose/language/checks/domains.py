"""Nothing twice in one broadcast domain: no address and no MAC, replicas counted."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from conlink_compose.diagnostics import Span
from conlink_compose.language.ends import End
from conlink_compose.language.links import ReadLink
from conlink_compose.language.notes import Notes
from conlink_compose.replicas import address_of, mac_of
from conlink_compose.topology import IpInterface


class _Domain:
    """Who has which number. A number is an address with its version, or a MAC with 0."""

    def __init__(self) -> None:
        self._first: dict[tuple[int, int], tuple[End, int, Span]] = {}

    def clash(
        self, version: int, start: int, end: End, at: Span
    ) -> tuple[int, tuple[End, int, Span]] | None:
        """The replica whose number is taken, and by whom; at most one is told of a range."""
        found = None
        for index in range(1, end.replicas + 1):
            claim = (end, index, at)
            first = self._first.setdefault((version, start + index - 1), claim)
            if first is not claim and found is None:
                found = (index, first)
        return found


def check_domains(notes: Notes, links: Iterable[ReadLink]) -> None:
    domains: dict[Hashable, _Domain] = {}
    for link in links:
        domain = domains.setdefault(_domain_of(link), _Domain())
        for end in link.ends:
            for address, at in end.addresses:
                if address is not None:
                    _check_address(notes, domain, end, address, at)
            if end.mac is not None:
                _check_mac(notes, domain, end, end.mac)


def _domain_of(link: ReadLink) -> Hashable:
    """A bridge, or an access VLAN of it; a wire and a dummy are their own."""
    if link.bridge is not None:
        vlan = link.vlan
        return ("bridge", link.bridge, (vlan.access or vlan.native) if vlan else None)
    if link.outer is not None and link.kind != "veth":
        return ("parent", link.outer, link.vlanid)
    return link.near.draft.key


def _check_address(notes: Notes, domain: _Domain, end: End, address: IpInterface, at: Span) -> None:
    found = domain.clash(address.version, int(address), end, at)
    if found is None:
        return
    index, first = found
    taken = address_of(address, index).ip
    message = f"{taken}{_for_replica(end, index)} is taken by {_who(first)}, at {first[2]}"
    if first[0] is end:
        message = f"{end.called()} has {taken} already, at {first[2]}"
    # Through an alias both stand at one place: then it is the link that repeats it.
    notes.error("address-twice", end.draft.at if at == first[2] else at, message)


def _check_mac(notes: Notes, domain: _Domain, end: End, mac: str) -> None:
    at = end.place("mac")
    found = domain.clash(0, int(mac.replace(":", ""), 16), end, at)
    if found is not None:
        index, first = found
        message = f"{mac_of(mac, index)}{_for_replica(end, index)} is taken by {_who(first)}"
        at = end.draft.at if at == first[2] else at
        notes.error("mac-twice", at, f"{message}, at {first[2]}")


def _for_replica(end: End, index: int) -> str:
    return f" for replica {index} of {end.owner}" if end.replicas > 1 else ""


def _who(claim: tuple[End, int, Span]) -> str:
    end, index, _ = claim
    which = f" (replica {index})" if end.replicas > 1 else ""
    return f"{end.called()}{which}"
