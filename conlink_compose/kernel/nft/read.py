"""Our table as the kernel tells of it."""

from __future__ import annotations

import struct
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from conlink_compose.kernel.nft import messages
from conlink_compose.kernel.nft.expressions import Expression, Expressions, holds_data
from conlink_compose.kernel.nft.rules import CHAINS, Chain, Rule, Translation, rules_of, thing_of
from conlink_compose.kernel.rtnl.link_socket import LinkSocket, Refusal
from conlink_compose.linux import nf_tables as nft
from conlink_compose.linux.netlink import Body, listed, parse, words
from conlink_compose.state import Key, RuleTable

_HEAD = 4  # struct nfgenmsg
_NOTHING = memoryview(b"")


class Place(NamedTuple):
    """Where a rule stands."""

    chain: str
    handle: int


class Found(NamedTuple):
    """The table and what it holds, and where the rules of each object stand."""

    table: RuleTable
    things: tuple[Translation, ...]
    places: dict[Key, tuple[Place, ...]]


class _SeenRule(NamedTuple):
    rule: Rule
    handle: int
    comment: str


def read_table(asked: LinkSocket, netns: str, mark: int) -> Found | None:
    """None where there is none, or no nf_tables at all. Raises OSError where it cannot be read."""
    name = messages.table_name(mark)
    answer = asked.ask(messages.get_table(name))
    if isinstance(answer, Refusal):
        return None
    chains = {chain for one in asked.dump(messages.dump_chains()) if (chain := _chain(one, name))}
    rules = [_rule(one) for one in asked.dump(messages.dump_rules(name)) if _is_of(one, name)]
    grouped: dict[Key, tuple[Translation, list[_SeenRule]]] = {}
    strange = _is_dormant(answer[1]) or chains != {(*one, "nat", nft.NF_ACCEPT) for one in CHAINS}
    for seen in rules:
        thing = thing_of(seen.comment, netns)
        if thing is None:
            strange = True
            continue
        grouped.setdefault(thing.key, (thing, []))[1].append(seen)
    return Found(
        RuleTable(netns, whole=not strange),
        tuple(_judged(thing, seen, mark) for thing, seen in grouped.values()),
        {
            key: tuple(Place(one.rule.chain, one.handle) for one in seen)
            for key, (_, seen) in grouped.items()
        },
    )


def _judged(thing: Translation, seen: list[_SeenRule], mark: int) -> Translation:
    """`thing` with its `whole`: each of its rules is there once, and no other."""
    left = [one.rule for one in seen]
    for rule in rules_of(thing, mark):
        same = next((one for one in left if rule.is_in(one)), None)
        if same is None:
            return replace(thing, whole=False)
        left.remove(same)
    return replace(thing, whole=not left)


def _is_dormant(body: bytes) -> bool:
    flags = parse(body, _HEAD, len(body)).get(nft.NFTA_TABLE_FLAGS, _NOTHING)
    return bool(int.from_bytes(flags, "big") & nft.NFT_TABLE_F_DORMANT)


def _is_of(body: Body, table: str) -> bool:
    """A kernel of old dumps the rules of all tables."""
    found = parse(body.buffer, body.start + _HEAD, body.end)
    return words(found.get(nft.NFTA_RULE_TABLE, _NOTHING)) == table


def _chain(body: Body, table: str) -> tuple[str, int, int, str, int] | None:
    found = parse(body.buffer, body.start + _HEAD, body.end)
    if words(found[nft.NFTA_CHAIN_TABLE]) != table:
        return None
    name = words(found[nft.NFTA_CHAIN_NAME])
    hook = found.get(nft.NFTA_CHAIN_HOOK, _NOTHING)
    inside = parse(hook, 0, len(hook))
    number = int.from_bytes(inside.get(nft.NFTA_HOOK_HOOKNUM, _NOTHING), "big")
    priority = inside.get(nft.NFTA_HOOK_PRIORITY)
    kind = words(found.get(nft.NFTA_CHAIN_TYPE, _NOTHING))
    policy = int.from_bytes(found.get(nft.NFTA_CHAIN_POLICY, _NOTHING), "big")
    at = struct.unpack("!i", priority)[0] if priority else 0
    return (*Chain(name, number, at), kind, policy)


def _rule(body: Body) -> _SeenRule:
    found = parse(body.buffer, body.start + _HEAD, body.end)
    return _SeenRule(
        Rule(
            words(found[nft.NFTA_RULE_CHAIN]),
            _expressions(bytes(found.get(nft.NFTA_RULE_EXPRESSIONS, _NOTHING))),
        ),
        int.from_bytes(found[nft.NFTA_RULE_HANDLE], "big"),
        _comment(bytes(found.get(nft.NFTA_RULE_USERDATA, _NOTHING))),
    )


@lru_cache(maxsize=1 << 13)
def _expressions(payload: bytes) -> Expressions:
    return tuple(_expression(element) for _, element in listed(memoryview(payload)))


def _expression(element: memoryview) -> Expression:
    one = parse(element, 0, len(element))
    name = words(one[nft.NFTA_EXPR_NAME])
    data = one.get(nft.NFTA_EXPR_DATA, _NOTHING)
    inside = parse(data, 0, len(data))
    return Expression(name, {kind: _value(name, kind, raw) for kind, raw in inside.items()})


def _value(name: str, kind: int, raw: memoryview) -> bytes:
    inside = parse(raw, 0, len(raw)) if holds_data(name, kind) else {nft.NFTA_DATA_VALUE: raw}
    return bytes(inside.get(nft.NFTA_DATA_VALUE, _NOTHING))


def _comment(userdata: bytes) -> str:
    """libnftnl puts several texts there, each behind its type and its length."""
    while len(userdata) > 2:
        kind, length = userdata[0], userdata[1]
        if kind == nft.NFTNL_UDATA_RULE_COMMENT:
            return userdata[2 : 2 + length].rstrip(b"\0").decode(errors="replace")
        userdata = userdata[2 + length :]
    return ""
