"""Who of several nodes gets a frame that one of them sends."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from tests.kernel.lab import Lab
from tests.kernel.raw_frames import raw, whole


def reached(
    lab: Lab, sent: bytes, near: str, *others: str, seconds: float = 0.5
) -> dict[str, bytes]:
    """By node what came of it: the frame as it arrived. The payload tells it from all others."""
    return {node: found for node, found, _ in _arrivals(lab, [sent], near, others, seconds)}


def heard(
    lab: Lab, sent: Mapping[str, bytes], near: str, *others: str, seconds: float = 0.4
) -> dict[str, str]:
    """By the name of each frame the nodes it came to, as `bcd`. Their last eight bytes tell them
    apart."""
    names = {one[-8:]: name for name, one in sent.items()}
    assert len(names) == len(sent)
    found: dict[str, set[str]] = {name: set() for name in sent}
    for node, _, last in _arrivals(lab, list(sent.values()), near, others, seconds):
        found[names[last]].add(node)
    return {name: "".join(sorted(nodes)) for name, nodes in found.items()}


def _arrivals(
    lab: Lab, sent: list[bytes], near: str, others: tuple[str, ...], seconds: float
) -> Iterator[tuple[str, bytes, bytes]]:
    """The node, what came, and what it is told by."""
    endings = {one[-8:] for one in sent}
    with ExitStack() as stack:
        sender = stack.enter_context(raw(lab, near))
        receivers = {stack.enter_context(raw(lab, node)): node for node in others}
        for one in sent:
            sender.send(one)
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            for receiver in select.select(list(receivers), [], [], left)[0]:
                found = whole(receiver)
                if found[-8:] in endings:
                    yield receivers[receiver], found, found[-8:]
