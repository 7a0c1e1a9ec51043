"""Which rules an object is, and the comment by which they are found again.

The comment holds the whole object: read back, it says what the rules beside it shall be, and they
are compared with that. `nft list ruleset` shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from conlink_compose.kernel.nft import expressions
from conlink_compose.kernel.nft.expressions import Expressions
from conlink_compose.linux import nf_tables as nft
from conlink_compose.state import Forward, Nat

Translation: TypeAlias = Nat | Forward


class Chain(NamedTuple):
    """A base chain of our table, with where the kernel calls it."""

    name: str
    hook: int
    priority: int


BEFORE = Chain("prerouting", nft.NF_INET_PRE_ROUTING, nft.NF_IP_PRI_NAT_DST)
AFTER = Chain("postrouting", nft.NF_INET_POST_ROUTING, nft.NF_IP_PRI_NAT_SRC)
CHAINS = (BEFORE, AFTER)


class Rule(NamedTuple):
    chain: str
    expressions: Expressions

    def is_in(self, seen: Rule) -> bool:
        """Whether `seen` does the same."""
        mine, theirs = self.expressions, seen.expressions
        same = self.chain == seen.chain and len(mine) == len(theirs)
        return same and all(one.is_in(other) for one, other in zip(mine, theirs, strict=True))


@lru_cache(maxsize=1 << 12)
def rules_of(thing: Translation, mark: int) -> tuple[Rule, ...]:
    """`mark`: the group of our interfaces."""
    return _of_nat(thing) if isinstance(thing, Nat) else _of_forward(thing, mark)


def _of_nat(nat: Nat) -> tuple[Rule, ...]:
    family = expressions.family_is(nat.address)
    there = (*family, *expressions.destination_is(nat.address), *expressions.to(nat.to))
    back = (
        *family,
        *expressions.first_destination_is(nat.address),
        *expressions.destination_is(nat.to),
        *expressions.from_here(),
    )
    outward = (
        *expressions.leaves_by(nat.interface),
        *family,
        *expressions.source_is(nat.to),
        *expressions.from_(nat.address),
    )
    found = Rule(BEFORE.name, there), Rule(AFTER.name, back)
    return (*found, Rule(AFTER.name, outward)) if nat.outward else found


def _of_forward(forward: Forward, mark: int) -> tuple[Rule, ...]:
    family = expressions.family_is(forward.address)
    there = (
        *family,
        *expressions.came_from_outside(mark),
        *expressions.port_is(forward.protocol, forward.port),
        *expressions.to(forward.address, forward.inner),
    )
    back = (
        *family,
        *expressions.was_redirected(),
        *expressions.leaves_by(forward.over),
        *expressions.destination_is(forward.address),
        *expressions.port_is(forward.protocol, forward.inner),
        *expressions.from_(forward.source),
    )
    return Rule(BEFORE.name, there), Rule(AFTER.name, back)


def comment_of(thing: Translation) -> str:
    if isinstance(thing, Nat):
        words: Sequence[object] = ("nat", thing.interface, thing.address, thing.to)
        return _joined(*words, *(("outward",) if thing.outward else ()))
    where = (thing.address, thing.inner, thing.over, thing.source)
    return _joined("forward", thing.protocol, thing.port, *where)


def thing_of(comment: str, netns: str) -> Translation | None:
    """The object that the comment was made of; None for one of anybody else."""
    match comment.split(" "):
        case ["nat", interface, address, to, *outward]:
            return Nat(netns, interface, address, to, outward == ["outward"])
        case ["forward", protocol, port, address, inner, over, source]:
            if port.isdecimal() and inner.isdecimal() and protocol in nft.IPPROTO:
                where = (address, int(inner), over, source)
                return Forward(netns, protocol, int(port), *where)
    return None


def _joined(*words: object) -> str:
    return " ".join(map(str, words))
