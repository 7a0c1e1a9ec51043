"""Sysctls of interfaces: a link must bring the interface, or no engine can set them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from conlink_compose.diagnostics import Span, near_or_all
from conlink_compose.document.tree import List, Map, Value
from conlink_compose.language.layers import EndKey
from conlink_compose.language.project import Project
from conlink_compose.language.report import Report
from conlink_compose.linux.sysctls import interface_of
from conlink_compose.topology import Owner


def check_sysctls(report: Report, project: Project, tree: Map, ends: Iterable[EndKey]) -> None:
    """`ends` are all of them."""
    devs: dict[Owner, list[str]] = {}
    for owner, dev in ends:
        devs.setdefault(project.service_of(owner), []).append(dev)
    for owner, member in project.members.items():
        there = [*devs.get(owner, ()), *member.taken]
        for name in member.sysctls:
            wanted = interface_of(name)
            if wanted is not None and wanted not in there:
                message = f"no link of {owner} has the dev {wanted} that the sysctl `{name}` is of"
                help_ = near_or_all(wanted, there, "the devs are", f"{owner} has no link")
                report.error("sysctl-of-no-link", _place(tree, owner, name), message, help_)


def _place(tree: Map, owner: Owner, name: str) -> Span | None:
    way = ("services",) if owner.kind == "service" else ("x-conlink", "hosts")
    value: Value = tree
    for key in chain(way, (owner.name, "sysctls")):
        value = value.get(key) if isinstance(value, Map) else None
    if isinstance(value, Map):
        return value.keys_at[name]
    items = value.placed() if isinstance(value, List) else ()
    return next((at for item, at in items if str(item).partition("=")[0] == name), None)
