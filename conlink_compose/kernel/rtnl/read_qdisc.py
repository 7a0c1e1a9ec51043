"""Qdiscs as a dump brings them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from conlink_compose.kernel.rtnl import netem_options, tbf_options
from conlink_compose.kernel.rtnl.messages_qdisc import handle_of, parent_of
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import Body, parse, words
from conlink_compose.state import Stage
from conlink_compose.topology import MOST_STAGES

OURS = frozenset(("netem", "tbf"))
"""The kinds that ours are of."""

_HEAD = struct.Struct("=BxxxiIII")
_AT = {(handle_of(at), parent_of(at)): at for at in range(MOST_STAGES)}


def stages_by_link(dump: Iterable[Body]) -> Iterator[tuple[int, tuple[Stage, ...]]]:
    """By ifindex those that hang below one another from the root on, and have our handles."""
    found: dict[int, dict[int, Stage | None]] = {}
    for body in dump:
        _, ifindex, handle, parent, _ = _HEAD.unpack_from(body.buffer, body.start)
        at = _AT.get((handle, parent))
        if at is not None:
            found.setdefault(ifindex, {})[at] = _stage(body)
    for ifindex, by_place in found.items():
        if 0 in by_place:
            yield ifindex, tuple(_in_a_row(by_place))


def _in_a_row(by_place: Mapping[int, Stage | None]) -> Iterator[Stage]:
    for at in takewhile(by_place.__contains__, range(MOST_STAGES)):
        stage = by_place[at]
        if stage is None:
            return
        yield stage


def _stage(body: Body) -> Stage | None:
    """None of one of another kind."""
    found = parse(body.buffer, body.start + _HEAD.size, body.end)
    match words(found[uapi.TCA_KIND]):
        case "netem":
            return netem_options.read(found[uapi.TCA_OPTIONS])
        case "tbf":
            return tbf_options.read(found[uapi.TCA_OPTIONS])
        case _:
            return None
