"""Nodes that others send packets through, by a route or by `nat`, and that do not forward them.

A new network namespace forwards no IPv6. Of IPv4 it does what the machine does
(net/ipv4/devinet.c, devinet_init_net), and Docker lets its machine forward; so with Docker IPv4 is
not told of.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from conlink_compose.diagnostics import Span
from conlink_compose.language.checks.addresses import domain_of
from conlink_compose.language.links import ReadLink
from conlink_compose.language.project import Member, Project
from conlink_compose.language.report import Report
from conlink_compose.linux.sysctls import sysctl_path
from conlink_compose.topology import Command, Owner

_Gateways = dict[tuple[int, int], dict[Owner, Span]]

_SETTING = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}


def check_forwarding(
    report: Report, project: Project, links: Sequence[ReadLink], commands: Iterable[Command]
) -> None:
    """A warning at each node that does not forward, though a route of another asks for it."""
    routers = _between_domains(project, links)
    by_command = {
        project.service_of(one.owner) for one in commands if "forward" in " ".join(one.argv)
    }
    told: set[tuple[Owner, int]] = set()
    by_route = (
        (owner, version, f"the route at {at} leads over it")
        for owner, version, at in _asked(project, links)
        if owner in routers
    )
    for owner, version, why in itertools.chain(by_route, _asked_by_nat(project, links)):
        member = project.members.get(owner)
        if owner in by_command or (owner, version) in told:
            continue
        if member is None or _may_forward(project, member, version):
            continue
        told.add((owner, version))
        message = f"{owner} does not forward IPv{version}, and {why}"
        help_ = f"give it `sysctls: {{{_SETTING[version]}: 1}}`"
        report.warning("no-forwarding", member.at, message, help_)


def _between_domains(project: Project, links: Iterable[ReadLink]) -> set[Owner]:
    """Whose links lead into several broadcast domains. A dummy leads into none."""
    domains: dict[Owner, set[Hashable]] = defaultdict(set)
    for link in links:
        if link.kind != "dummy":
            for end in link.ends:
                domains[project.service_of(end.owner)].add(domain_of(link))
    return {owner for owner, found in domains.items() if len(found) > 1}


def _asked_by_nat(project: Project, links: Sequence[ReadLink]) -> Iterator[tuple[Owner, int, str]]:
    """Whose `nat` leads to another node, of which family, and why that asks for it."""
    ends = [end for link in links for end in link.ends]
    own = {
        (project.service_of(end.owner), address.ip)
        for end in ends
        for address, _ in end.addresses
        if address
    }
    for end in ends:
        owner = project.service_of(end.owner)
        mine = {address.version for address, _ in end.addresses if address}
        if end.nat and end.nat.version in mine and (owner, end.nat) not in own:
            why = f"its nat at {end.place('nat')} leads to another node"
            yield owner, end.nat.version, why


def _asked(project: Project, links: Sequence[ReadLink]) -> Iterator[tuple[Owner, int, Span]]:
    """Whose address the gateway of another's route is, of which family, and the route's place."""
    gateways = _gateways(project, links)
    for link in links:
        of_domain = gateways.get(domain_of(link))
        for end in link.ends if of_domain else ():
            owner = project.service_of(end.owner)
            for address in (address for address, _ in end.addresses if address is not None):
                for number in range(int(address), int(address) + max(1, end.replicas)):
                    askers = of_domain.get((address.version, number), {})  # type: ignore[union-attr]
                    places = (at for asker, at in askers.items() if asker != owner)
                    yield from ((owner, address.version, at) for at in itertools.islice(places, 1))


def _gateways(project: Project, links: Iterable[ReadLink]) -> dict[Hashable, _Gateways]:
    """By broadcast domain, family and number: who has a route over it, and where."""
    found: dict[Hashable, _Gateways] = {}
    for link in links:
        for end in link.ends:
            for read in end.routes:
                if read.route.via is not None:
                    key = (read.route.via.version, int(read.route.via))
                    askers = found.setdefault(domain_of(link), {}).setdefault(key, {})
                    askers.setdefault(project.service_of(end.owner), read.at)
    return found


def _may_forward(project: Project, member: Member, version: int) -> bool:
    if member.sets_its_own or (version == 4 and project.meets_others):
        return True
    return any(
        _is_forwarding(sysctl_path(name), version) and value.strip() not in ("", "0")
        for name, value in member.sysctls.items()
    )


def _is_forwarding(path: str, version: int) -> bool:
    of_one = path.startswith(f"net/ipv{version}/conf/") and path.endswith("/forwarding")
    return of_one or (version == 4 and path == "net/ipv4/ip_forward")
