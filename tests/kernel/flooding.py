"""Who of several nodes gets a frame that one of them sends."""

from __future__ import annotations

import select
import time
from contextlib import ExitStack

from tests.kernel.lab import Lab
from tests.kernel.raw_frames import raw, whole


def reached(
    lab: Lab, sent: bytes, near: str, *others: str, seconds: float = 0.5
) -> dict[str, bytes]:
    """By node what came of it: the frame as it arrived. The payload tells it from all others."""
    found: dict[str, bytes] = {}
    with ExitStack() as stack:
        sender = stack.enter_context(raw(lab, near))
        receivers = {stack.enter_context(raw(lab, node)): node for node in others}
        sender.send(sent)
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            for receiver in select.select(list(receivers), [], [], left)[0]:
                frame = whole(receiver)
                if frame.endswith(sent[-8:]):
                    found[receivers[receiver]] = frame
    return found
