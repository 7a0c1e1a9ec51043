"""`nat` goes to the link's own address, so there must be one of its family."""

from __future__ import annotations

from collections.abc import Iterable

from conlink_compose.language.links import ReadLink
from conlink_compose.language.notes import Notes


def check_nats(notes: Notes, links: Iterable[ReadLink]) -> None:
    for end in (end for link in links for end in link.ends):
        if end.nat is None or end.draft.partial:
            continue
        versions = {address.version for address, _ in end.addresses if address}
        if end.nat.version not in versions and "ip" not in end.draft.fields:
            message = "nat needs ip: traffic to which address should go there?"
            notes.error("nat-needs-ip", end.place("nat"), message)
        elif versions and end.nat.version not in versions:
            message = f"nat is IPv{end.nat.version}, and {end.called()} has no such address"
            notes.error("nat-family", end.place("nat"), message)
