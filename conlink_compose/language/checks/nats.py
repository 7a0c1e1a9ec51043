"""`nat`: beside an address of its family, and to another node, which this one can reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from conlink_compose.diagnostics import Diagnostic
from conlink_compose.language.checks.nobodys import whose_no_node_is
from conlink_compose.language.checks.routes import reaches
from conlink_compose.language.links import ReadEnd, ReadLink
from conlink_compose.language.project import Project
from conlink_compose.language.report import Report
from conlink_compose.topology import Command, IpAddress, Owner, Route


def check_nats(report: Report, links: Iterable[ReadLink]) -> None:
    """One that is refused is told once, and left out."""
    for end in (end for link in links for end in link.ends):
        if end.nat is None or end.merged.partial:
            continue
        if refusal := _refusal(end, end.nat):
            report.add([refusal])
            end.nat = None


def _refusal(end: ReadEnd, nat: IpAddress) -> Diagnostic | None:
    """`nat` goes from the link's own address, so there must be one of its family."""
    at, versions = end.place("nat"), {address.version for address, _ in end.addresses if address}
    if nat.version not in versions and "ip" not in end.merged.fields:
        message = "nat needs ip: traffic to which address should go there?"
        return Diagnostic("nat-needs-ip", message, at)
    if versions and nat.version not in versions and end.knows_addresses:
        message = f"nat is IPv{nat.version}, and {end} has no such address"
        return Diagnostic("nat-family", message, at)
    if any(address and address.ip == nat for address, _ in end.addresses):
        message = f"{nat} is the address of {end} itself: nat leads to another one"
        return Diagnostic("nat-to-itself", message, at)
    if nobody := whose_no_node_is(nat, [end]):
        message = f"nat takes the address of a node; {nat} is {nobody}"
        return Diagnostic("bad-address", message, at)
    return None


def check_ways(
    report: Report, project: Project, links: Sequence[ReadLink], commands: Iterable[Command]
) -> None:
    """A warning at each `nat` to which no address and no route of its node leads. What an engine's
    own network reaches, and a command adds, is not known; nor whether a routing daemon finds the
    way to another network of this topology."""
    by_owner: dict[Owner, list[ReadEnd]] = defaultdict(list)
    every = [end for link in links for end in link.ends]
    for end in every:
        by_owner[project.service_of(end.owner)].append(end)
    by_command = {project.service_of(one.owner) for one in commands}
    for owner, ends in by_owner.items():
        member = project.members.get(owner)
        if owner in by_command or member is None or member.taken:
            continue
        for end, nat in ((end, end.nat) for end in ends if end.nat):
            if not any(_leads_to(one, nat) for one in ends) and not _is_in_a_network(nat, every):
                message = f"no link and no route of {owner} leads to {nat}"
                help_ = "give it a route there, or is the address misspelt?"
                report.warning("nat-without-way", end.place("nat"), message, help_)


def _leads_to(end: ReadEnd, to: IpAddress) -> bool:
    return reaches(end, to) or any(_covers(read.route, to) for read in end.routes)


def _is_in_a_network(to: IpAddress, ends: Iterable[ReadEnd]) -> bool:
    return any(address and to in address.network for end in ends for address, _ in end.addresses)


def _covers(route: Route, to: IpAddress) -> bool:
    """A default route has no `to`, but a gateway of its family."""
    if route.to is not None:
        return to in route.to
    return route.via is not None and route.via.version == to.version
