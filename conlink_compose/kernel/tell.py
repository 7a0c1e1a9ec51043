"""Several requests for one thing: it is refused once, with the first of them that was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from conlink_compose.kernel.link_socket import BATCH, LinkSocket, Refusal, Request

Thing = TypeVar("Thing")


def tell(
    through: LinkSocket,
    told: Iterable[tuple[Thing, Iterable[Request]]],
    batch: int = BATCH,
    is_fine: Callable[[Thing, Refusal], bool] = lambda _, __: False,
) -> list[tuple[Thing, Refusal]]:
    """Send all requests in their order; the refused things in theirs. What `is_fine` says yes to
    is no refusal."""
    sent = [(thing, request) for thing, requests in told for request in requests]
    answers = through.exchange([request for _, request in sent], batch)
    refused: dict[int, tuple[Thing, Refusal]] = {}
    for place, refusal in sorted(answers.items()):
        thing = sent[place][0]
        if not is_fine(thing, refusal):
            refused.setdefault(id(thing), (thing, refusal))
    return list(refused.values())
