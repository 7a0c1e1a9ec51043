"""What interfaces on one parent must not do: be wider than it, and have what it has only once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from conlink_compose import bridges as modes
from conlink_compose import links as kinds
from conlink_compose.diagnostics import Span
from conlink_compose.language.bridges import ReadBridge
from conlink_compose.language.links import ReadLink
from conlink_compose.language.report import Report


def check_parents(
    report: Report, links: Sequence[ReadLink], bridges: Mapping[str, ReadBridge]
) -> None:
    """`outer-dev` names the parent of a kind that has one: a bridge, the outer end of another link,
    or an interface of the machine."""
    children = [link for link in links if link.outer and not kinds.rules(link.kind).joins]
    _check_mtus(report, links, children, bridges)
    by_parent: dict[str, list[ReadLink]] = {}
    for link in children:
        by_parent.setdefault(link.outer or "", []).append(link)
    for name, siblings in by_parent.items():
        takers = [link for link in siblings if kinds.rules(link.kind).takes_all]
        if _check_patch(report, name, links, siblings, bridges):
            continue
        _check_port(report, name, links, takers)
        _check_taken(report, name, takers)
        _check_alone(report, name, takers)
        _check_modes(report, name, siblings)
        _check_unlike(report, name, siblings)


def _check_mtus(
    report: Report,
    links: Iterable[ReadLink],
    children: Iterable[ReadLink],
    bridges: Mapping[str, ReadBridge],
) -> None:
    """An MTU is not above the parent's, where the parent is ours and its MTU said."""
    parents = {name: (read.bridge.mtu, read.at) for name, read in bridges.items()}
    for link in (link for link in links if link.outer and kinds.rules(link.kind).joins):
        parents[link.outer or ""] = (link.near.mtu, link.near.place("mtu"))
    for link in children:
        most, at = parents.get(link.outer or "", (None, None))
        if most is not None and link.near.mtu is not None and link.near.mtu > most:
            message = f"mtu {link.near.mtu} is above the {most} of its parent {link.outer}, at {at}"
            report.error("mtu-above-parent", link.near.place("mtu"), message)


def _check_patch(
    report: Report,
    name: str,
    links: Iterable[ReadLink],
    siblings: Iterable[ReadLink],
    bridges: Mapping[str, ReadBridge],
) -> bool:
    """A patch is no interface, and leaves nothing of what its ends receive to anybody else."""
    ends = {link.outer: link.bridge for link in links if link.bridge}
    patch = bridges.get(ends.get(name) or name)
    if patch is None or modes.rules(patch.bridge.mode).knobs:
        return False
    told = f"patch {patch.bridge.name} leads every frame of {name} on"
    if patch.bridge.name == name:
        told = f"{name} is a patch, and no interface of that name is made"
    for link in siblings:
        help_ = "name another parent; or let the bridge be of mode linux"
        report.error("parent-taken", _place(link), f"{told}, at {patch.at}", help_)
    return True


def _check_port(
    report: Report, name: str, links: Iterable[ReadLink], takers: Iterable[ReadLink]
) -> None:
    """A bridge takes every frame that its port receives (net/bridge/br_if.c, br_add_if)."""
    port = next((link for link in links if link.bridge and link.outer == name), None)
    if port is None:
        return
    for link in takers:
        message = f"{name} is a port of bridge {port.bridge}, at {_place(port)}"
        help_ = f"a {link.kind} does not lie on a port; lay it on {port.bridge} itself"
        report.error("parent-taken", _place(link), message, help_)


def _check_taken(report: Report, name: str, takers: Sequence[ReadLink]) -> None:
    for link in takers[1:]:
        first = takers[0]
        if kinds.rules(first.kind).takes_all != kinds.rules(link.kind).takes_all:
            message = f"{name} is the parent of {first.near} already, of type {first.kind}"
            help_ = f"a parent has no {first.kind} and {link.kind} at once: name another"
            report.error("parent-taken", _place(link), f"{message}, at {_place(first)}", help_)


def _check_alone(report: Report, name: str, takers: Sequence[ReadLink]) -> None:
    alone = next((link for link in takers if link.mode in kinds.rules(link.kind).alone), None)
    if alone is None:
        return
    other = next((link for link in takers if link is not alone), None)
    message = f"in mode {alone.mode} an interface has its parent for itself"
    at = alone.near.place("mode")
    if alone.near.replicas > 1:
        many = f"the {alone.near.replicas} replicas of {alone.near.owner} cannot share {name}"
        report.error("parent-taken", at, f"{message}: {many}")
    elif other:
        message = f"{message}: {name} is the parent of {other.near} too, at {_place(other)}"
        report.error("parent-taken", at, message)


def _check_modes(report: Report, name: str, siblings: Iterable[ReadLink]) -> None:
    """Of a kind whose mode is the parent's."""
    modes = [
        (link, link.mode or usual)
        for link in siblings
        if (usual := kinds.rules(link.kind).one_mode)
    ]
    for link, mode in modes[1:]:
        first, before = modes[0]
        if mode != before:
            message = f"all on {name} have one mode; {first.near} has {before}, at {_place(first)}"
            help_ = f"without a mode it is {kinds.rules(link.kind).one_mode}"
            report.error("parent-mode", link.near.place("mode"), message, help_)


def _check_unlike(report: Report, name: str, siblings: Iterable[ReadLink]) -> None:
    """No two have the same of what tells them apart on the parent."""
    seen: dict[tuple[str, object], ReadLink] = {}
    for link in siblings:
        key = kinds.rules(link.kind).unlike
        value = getattr(link, key) if key else None
        if value is None:
            continue
        first = seen.setdefault((key, value), link)
        at, what = link.near.place(key), f"{key} {value} of {name}"
        if first is not link:
            message = f"{what} is taken by {first.near}, at {first.near.place(key)}"
            report.error("parent-shared", at, message)
        elif link.near.replicas > 1:
            who = f"the {link.near.replicas} replicas of {link.near.owner}"
            report.error("parent-shared", at, f"{who} cannot share {what}")


def _place(link: ReadLink) -> Span:
    return link.near.place("outer-dev")
