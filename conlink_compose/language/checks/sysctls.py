"""Sysctls of interfaces: a link must bring the interface, or no engine can set them; and none
may take away what the link has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.language.links import ReadEnd
from conlink_compose.language.project import Project
from conlink_compose.language.report import Report
from conlink_compose.linux.sysctls import interface_of, sysctl_path
from conlink_compose.topology import Owner


def check_sysctls(report: Report, project: Project, tree: Map, ends: Sequence[ReadEnd]) -> None:
    """`ends` are all of them."""
    devs: dict[Owner, list[str]] = {}
    for end in ends:
        devs.setdefault(project.service_of(end.owner), []).append(end.merged.dev)
        _check_ipv6(report, project, tree, end)
    for owner, member in project.members.items():
        there = [*devs.get(owner, ()), *member.taken]
        for name in member.sysctls:
            wanted = interface_of(name)
            if wanted is not None and wanted not in there:
                message = f"no link of {owner} has the dev {wanted} that the sysctl `{name}` is of"
                help_ = near_or_all(wanted, there, "the devs are", f"{owner} has no link")
                report.error("sysctl-of-no-link", _place(tree, owner, name), message, help_)


def _check_ipv6(report: Report, project: Project, tree: Map, end: ReadEnd) -> None:
    """Of hosts, whose sysctls are kept: each would take away what the other has just made."""
    member = project.members.get(end.owner)
    found = _of_ipv6(end)
    if found is None or member is None or end.owner.kind != "host":
        return
    switch = f"net/ipv6/conf/{end.merged.dev}/disable_ipv6"
    what, at = found
    for name, value in member.sysctls.items():
        if sysctl_path(name) == switch and value.strip() != "0":
            message = f"`{name}` switches IPv6 off, and {end} has {what}, at {at}"
            place = _place(tree, end.owner, name)
            report.error("sysctl-against-link", place, message, "take one of the two out")


def _of_ipv6(end: ReadEnd) -> tuple[str, Span] | None:
    """What the end has that needs IPv6, in words, and its place; None where nothing does."""
    for address, at in end.addresses:
        if address and address.version == 6:
            return "an IPv6 address", at
    for read in end.routes:  # an IPv4 one needs it for an IPv6 gateway
        if any(one and one.version == 6 for one in (read.route.to, read.route.via)):
            return "a route by IPv6", read.at
    return None


def _place(tree: Map, owner: Owner, name: str) -> Span | None:
    way = ("services",) if owner.kind == "service" else ("x-conlink", "hosts")
    value: Value = tree
    for key in chain(way, (owner.name, "sysctls")):
        value = value.get(key) if isinstance(value, Map) else None
    if isinstance(value, Map):
        return value.keys_at[name]
    items = value.placed() if isinstance(value, List) else ()
    return next((at for item, at in items if str(item).partition("=")[0] == name), None)
