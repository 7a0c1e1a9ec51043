"""Messages that make and remove tables and rules."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from conlink_compose.kernel.nft.expressions import Expression, holds_data
from conlink_compose.kernel.nft.rules import CHAINS, Chain, Rule, Translation, comment_of, rules_of
from conlink_compose.kernel.rtnl.link_socket import Request
from conlink_compose.linux import nf_tables as nft
from conlink_compose.linux import uapi
from conlink_compose.linux.netlink import attribute, nest, text

_HEAD = struct.Struct("!BBH")  # struct nfgenmsg: family, version, resource
_HANDLE = struct.Struct("!Q")
_INET = _HEAD.pack(nft.NFPROTO_INET, 0, 0)
_OF_TABLES = _HEAD.pack(0, 0, nft.NFNL_SUBSYS_NFTABLES)
_CREATE = uapi.NLM_F_CREATE | uapi.NLM_F_EXCL

BEGIN = Request(nft.NFNL_MSG_BATCH_BEGIN, 0, _OF_TABLES)
END = Request(nft.NFNL_MSG_BATCH_END, 0, _OF_TABLES)


def table_name(mark: int) -> str:
    """Of the project whose mark that is: two projects may share a hub."""
    return f"conlink-{mark:08x}"


def add_table(table: str) -> Iterator[Request]:
    yield Request(nft.NEWTABLE, _CREATE, _INET + text(nft.NFTA_TABLE_NAME, table))
    for chain in CHAINS:
        yield _add_chain(table, chain)


def whole_table(things: Iterable[Translation], mark: int) -> Iterator[Request]:
    table = table_name(mark)
    yield from add_table(table)
    for thing in things:
        for rule in rules_of(thing, mark):
            yield add_rule(table, rule, comment_of(thing))


def remove_table(table: str) -> Request:
    return Request(nft.DELTABLE, 0, _INET + text(nft.NFTA_TABLE_NAME, table))


def get_table(table: str) -> Request:
    return Request(nft.GETTABLE, 0, _INET + text(nft.NFTA_TABLE_NAME, table))


def dump_chains() -> Request:
    return Request(nft.GETCHAIN, 0, _INET)


def dump_rules(table: str) -> Request:
    return Request(nft.GETRULE, 0, _INET + text(nft.NFTA_RULE_TABLE, table))


def _add_chain(table: str, chain: Chain) -> Request:
    hook = struct.pack("!I", chain.hook), struct.pack("!i", chain.priority)
    body = (
        text(nft.NFTA_CHAIN_TABLE, table)
        + text(nft.NFTA_CHAIN_NAME, chain.name)
        + nest(
            nft.NFTA_CHAIN_HOOK,
            attribute(nft.NFTA_HOOK_HOOKNUM, hook[0]),
            attribute(nft.NFTA_HOOK_PRIORITY, hook[1]),
        )
        + attribute(nft.NFTA_CHAIN_POLICY, struct.pack("!I", nft.NF_ACCEPT))
        + text(nft.NFTA_CHAIN_TYPE, "nat")
    )
    return Request(nft.NEWCHAIN, _CREATE, _INET + body)


def add_rule(table: str, rule: Rule, comment: str) -> Request:
    """Behind those that are there."""
    encoded = comment.encode() + b"\0"
    userdata = bytes((nft.NFTNL_UDATA_RULE_COMMENT, len(encoded))) + encoded
    body = (
        text(nft.NFTA_RULE_TABLE, table)
        + text(nft.NFTA_RULE_CHAIN, rule.chain)
        + nest(nft.NFTA_RULE_EXPRESSIONS, *map(_packed, rule.expressions))
        + attribute(nft.NFTA_RULE_USERDATA, userdata)
    )
    return Request(nft.NEWRULE, uapi.NLM_F_CREATE | uapi.NLM_F_APPEND, _INET + body)


def remove_rule(table: str, chain: str, handle: int) -> Request:
    body = (
        text(nft.NFTA_RULE_TABLE, table)
        + text(nft.NFTA_RULE_CHAIN, chain)
        + attribute(nft.NFTA_RULE_HANDLE, _HANDLE.pack(handle))
    )
    return Request(nft.DELRULE, 0, _INET + body)


def _packed(expression: Expression) -> bytes:
    parts = [
        nest(kind, attribute(nft.NFTA_DATA_VALUE, value))
        if holds_data(expression.name, kind)
        else attribute(kind, value)
        for kind, value in expression.attributes.items()
    ]
    return nest(
        nft.NFTA_LIST_ELEM,
        text(nft.NFTA_EXPR_NAME, expression.name),
        nest(nft.NFTA_EXPR_DATA, *parts),
    )
