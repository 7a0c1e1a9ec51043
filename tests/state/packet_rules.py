"""What makes the hub and the nodes change packets and send them on."""

from __future__ import annotations

from collections.abc import Mapping

from conlink_compose.state import HUB, Forward, Forwarding, Nat, RuleTable
from tests.state.case import IN_PLACE, OURS, ByHand, Case

_TABLE = "$(nft list tables | cut -d' ' -f2-)"


def _delete_rules(comment: str, which: str = "cat") -> str:
    """Those whose comment begins so."""
    return (
        f"nft -a list table {_TABLE} | awk '/chain/ {{c=$2}} /\"{comment}/ {{print c, $NF}}' | "
        f"{which} | while read chain at; do nft delete rule {_TABLE} $chain handle $at; done"
    )


PACKET_RULES: Mapping[str, Case] = {
    "rule-table": Case(
        RuleTable,
        ("rule-table", "a"),
        "nft list ruleset | sort",
        drift=ByHand(f"nft add chain {_TABLE} theirs", {"whole": False}),
        taken=ByHand(f"nft delete table {_TABLE}"),
        never={
            "change": "what it holds are objects of their own",
            "replace": "nothing of it is declared",
            "conflict": "it bears our mark as its name",
        },
        done={"drift": ("remove", "add")},
    ),
    "nat": Case(
        Nat,
        ("nat", "a", "eth0", "10.0.0.1"),
        "nft list ruleset | sort",
        drift=ByHand(_delete_rules("nat eth0 10.0.0.1 ", "head -n1"), {"whole": False}),
        taken=ByHand(_delete_rules("nat eth0 10.0.0.1 ")),
        never={"replace": IN_PLACE, "conflict": "the table is ours alone"},
    ),
    "forward": Case(
        Forward,
        ("forward", HUB, "tcp", "8080", "4"),
        "nft list ruleset | sort",
        drift=ByHand(_delete_rules("forward tcp 8080 ", "head -n1"), {"whole": False}),
        taken=ByHand(_delete_rules("forward tcp 8080 ")),
        never={"replace": IN_PLACE, "conflict": "the table is ours alone"},
    ),
    "forwarding": Case(
        Forwarding,
        ("forwarding", HUB, "4"),
        "cat /proc/sys/net/ipv4/ip_forward",
        drift=ByHand("echo 0 >/proc/sys/net/ipv4/ip_forward", {"on": False}),
        never={
            "add": "each namespace has both of them",
            "remove": "it stays on: nobody knows who else needs it by then",
            "change": "it is on, and never declared otherwise",
            "replace": IN_PLACE,
            "taken away": "nobody can delete it",
            "conflict": OURS,
        },
    ),
}
