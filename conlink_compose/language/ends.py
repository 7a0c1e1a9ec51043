"""A draft, read: every value of one interface with the place a later check will point at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conlink_compose.diagnostics import Span
from conlink_compose.language.drafts import Draft
from conlink_compose.language.fields import flag, places_of, whole
from conlink_compose.language.notes import Notes
from conlink_compose.language.values.addresses import (
    PlacedAddress,
    read_address,
    read_interfaces,
)
from conlink_compose.language.values.ethtool import read_ethtool
from conlink_compose.language.values.macs import read_mac
from conlink_compose.language.values.netem import read_netem
from conlink_compose.language.values.routes import ReadRoute, read_routes
from conlink_compose.topology import Endpoint, IpAddress, Netem, Owner


@dataclass(slots=True)
class End:
    """One interface inside its node(s). `replicas` is how many nodes get it."""

    draft: Draft
    replicas: int
    addresses: list[PlacedAddress]
    mac: str | None
    mtu: int | None
    routes: list[ReadRoute]
    netem: tuple[Netem, ...]
    nat: IpAddress | None
    ethtool: tuple[tuple[str, str], ...]
    up: bool

    @property
    def owner(self) -> Owner:
        return self.draft.owner

    def place(self, key: str) -> Span:
        """Where the value of `key` stands, or else the link."""
        field = self.draft.fields.get(key)
        return field.at if field else self.draft.at

    def called(self) -> str:
        return f"{self.draft.dev} of {self.draft.owner}"

    def endpoint(self) -> Endpoint:
        return Endpoint(
            self.draft.owner,
            self.draft.dev,
            tuple(address for address, _ in self.addresses if address is not None),
            self.mac,
            self.mtu,
            tuple(read.route for read in self.routes),
            self.netem,
            self.nat,
            self.ethtool,
            self.up,
            self.draft.at,
            places_of(self.draft.fields),
        )


def read_end(notes: Notes, draft: Draft, replicas: int, schema: dict[str, Any]) -> End:
    """All values of `draft` that belong to the node; what is wrong is told and left out."""
    fields = draft.fields
    mac, nat = fields.get("mac"), fields.get("nat")
    up = flag(fields, "up")
    return End(
        draft,
        replicas,
        read_interfaces(notes, fields.get("ip")),
        read_mac(notes, mac, replicas) if mac else None,
        whole(notes, fields, "mtu", schema),
        read_routes(notes, fields.get("route"), draft.dev),
        read_netem(notes, fields.get("netem")),
        read_address(notes, "nat", str(nat.value), nat.at) if nat and not nat.refused else None,
        read_ethtool(notes, fields.get("ethtool")),
        up is not False,
    )
