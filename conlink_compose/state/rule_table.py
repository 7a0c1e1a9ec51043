"""The table that holds our packet rules in one namespace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from conlink_compose.state.thing import Key, Phase, Step, Thing, Verb

PACKET_RULES = "nf_tables"
"""What it asks of a kernel."""
RULES_ADVICE = (
    "load its modules: modprobe -a nf_tables nft_chain_nat nft_nat nft_masq nft_ct nft_fib_inet"
)


@dataclass(frozen=True, slots=True)
class RuleTable(Thing):
    """With its chains. `whole`: it holds nothing that is not ours, and its chains are as we made
    them; else it is made anew, with all that it holds, in one transaction."""

    SEEN: ClassVar[frozenset[str]] = frozenset({"owned", "whole"})

    netns: str
    whole: bool = True
    owned: bool = True

    @property
    def key(self) -> Key:
        return table_key(self.netns)

    @property
    def kind_name(self) -> str:
        return "rule-table"

    def rank(self, verb: Verb, makes_room: bool) -> tuple[Phase, Step]:
        del verb, makes_room
        return Phase.NODES, Step.RULE_TABLE

    def is_made_anew(self, now: RuleTable) -> bool:
        return not now.whole

    @property
    def title(self) -> str:
        return f"nftables table of {self.where}"

    @property
    def called(self) -> str:
        return self.title


def table_key(netns: str) -> Key:
    return ("rule-table", netns)
