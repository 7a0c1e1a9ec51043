"""Packet rules in a namespace: packed by us, read by `nft`, and read back as what they were."""

from __future__ import annotations

import json
import select
from typing import Any

import pytest

from conlink_compose.kernel.nft.rules import Translation, comment_of, thing_of
from conlink_compose.state import HUB, Forward, Nat, RuleTable, Thing
from conlink_compose.state.sought import Sought
from tests.kernel.lab import Lab, add, add_wire, change, remove

pytestmark = pytest.mark.root

NAT4 = Nat("a", "eth0", "10.0.0.2", "10.0.0.9")
NAT6 = Nat("a", "eth0", "fd00::2", "fd00::9", outward=False)
PORT4 = Forward(HUB, "tcp", 8080, "10.0.0.1", 80, "lan", "169.254.3.4")
PORT6 = Forward(HUB, "udp", 53, "fd00::1", 5353, "lan", "fe80::4")
ALL: tuple[Translation, ...] = (NAT4, NAT6, PORT4, PORT6)


def nft(lab: Lab, label: str, words: str = "list ruleset") -> str:
    done = lab.run(label, "nft", *words.split(" "))
    assert done.returncode == 0, done.stderr
    return done.stdout


def table(lab: Lab, label: str) -> dict[str, Any]:
    found = json.loads(nft(lab, label, "-j list tables"))["nftables"]
    return next(one["table"] for one in found if "table" in one)


def seen(lab: Lab) -> set[Thing]:
    state = lab.kernel.observe(lab.paths, Sought(frozenset({"a", HUB}))).state
    return {thing for thing in state if isinstance(thing, RuleTable | Nat | Forward)}


@pytest.fixture
def ruled(lab: Lab) -> Lab:
    """With all of them."""
    lab.do(add(RuleTable("a")), add(NAT4), add(NAT6))
    lab.do(add(RuleTable(HUB)), add(PORT4), add(PORT6))
    return lab


@pytest.mark.parametrize("thing", ALL, ids=lambda thing: thing.title)
def test_the_comment_says_the_whole_object(thing: Translation) -> None:
    assert thing_of(comment_of(thing), thing.netns) == thing


@pytest.mark.parametrize("comment", ["", "nat", "nat eth0 1 2 3 4 5", "forward tcp x 1 2 3 4", "b"])
def test_another_comment_is_nobodys(comment: str) -> None:
    found = thing_of(comment, "a")
    assert found is None or comment_of(found) != comment


def test_they_are_seen_as_they_were_declared(ruled: Lab) -> None:
    assert seen(ruled) == {RuleTable("a"), RuleTable(HUB), *ALL}


def test_nft_reads_what_was_meant(ruled: Lab) -> None:
    node, hub = nft(ruled, "a"), nft(ruled, HUB)
    assert "type nat hook prerouting priority dstnat; policy accept;" in node
    assert "\t\tip daddr 10.0.0.2 dnat ip to 10.0.0.9 comment" in node
    assert "\t\tct original ip daddr 10.0.0.2 ip daddr 10.0.0.9 masquerade comment" in node
    assert '\t\toifname "eth0" ip saddr 10.0.0.9 snat ip to 10.0.0.2 comment' in node
    assert "\t\tip6 daddr fd00::2 dnat ip6 to fd00::9 comment" in node
    assert "\t\tct original ip6 daddr fd00::2 ip6 daddr fd00::9 masquerade comment" in node
    assert "fd00::9 snat" not in node
    assert "fib daddr type local tcp dport 8080 dnat ip to 10.0.0.1:80 comment" in hub
    assert "fib daddr type local udp dport 53 dnat ip6 to [fd00::1]:5353 comment" in hub
    assert (
        'ct status dnat oifname "lan" ip daddr 10.0.0.1 tcp dport 80 snat ip to 169.254.3.4' in hub
    )


def test_a_change_touches_only_its_own_rules(ruled: Lab) -> None:
    def handles(comment: str) -> list[int]:
        found = json.loads(nft(ruled, "a", "-j list ruleset"))["nftables"]
        rules = [one["rule"] for one in found if "rule" in one]
        return [rule["handle"] for rule in rules if rule["comment"].startswith(comment)]

    other = handles("nat eth0 fd00::2")
    ruled.kernel.observe(ruled.paths, Sought(frozenset({"a"})))
    wanted = Nat("a", "eth0", "10.0.0.2", "10.0.0.8")
    assert ruled.kernel.apply([change(NAT4, wanted)]) == ()
    assert handles("nat eth0 fd00::2") == other
    assert "10.0.0.9" not in nft(ruled, "a")
    assert wanted in seen(ruled)


def test_one_goes_and_the_others_stay(ruled: Lab) -> None:
    seen(ruled)
    assert ruled.kernel.apply([remove(NAT4)]) == ()
    assert seen(ruled) == {RuleTable("a"), RuleTable(HUB), NAT6, PORT4, PORT6}
    assert ruled.kernel.apply([remove(RuleTable("a"))]) == ()
    assert nft(ruled, "a") == ""


HARMS = {
    "delete rule inet {} prerouting handle {}": "a rule is gone",
    "insert rule inet {} prerouting ip saddr 1.2.3.4 accept": "a rule of somebody",
    "add chain inet {} mine": "a chain of somebody",
    "add table inet {} {{ flags dormant; }}": "switched off",
    "delete table inet {}": "all is gone",
}


@pytest.mark.parametrize("words", HARMS, ids=HARMS.values())
def test_harm_is_seen(ruled: Lab, words: str) -> None:
    listed = json.loads(nft(ruled, "a", "-j list ruleset"))["nftables"]
    rule = next(one["rule"]["handle"] for one in listed if "rule" in one)
    nft(ruled, "a", words.format(table(ruled, "a")["name"], rule))
    found = seen(ruled)
    assert not {RuleTable("a"), NAT4, NAT6} <= found
    assert {RuleTable(HUB), PORT4, PORT6} <= found


def test_an_edited_rule_is_seen(ruled: Lab) -> None:
    listed = json.loads(nft(ruled, "a", "-j list ruleset"))["nftables"]
    rule = next(one["rule"] for one in listed if "rule" in one)
    where = f"inet {rule['table']} prerouting handle {rule['handle']}"
    text = f'ip daddr 10.0.0.2 dnat ip to 10.0.0.7 comment "{rule["comment"]}"'
    done = ruled.run("a", "nft", f"replace rule {where} {text}")
    assert done.returncode == 0, done.stderr
    broken = next(one for one in seen(ruled) if one.key == NAT4.key)
    assert isinstance(broken, Nat)
    assert not broken.whole


def test_a_table_of_somebody_is_left_alone(ruled: Lab) -> None:
    nft(ruled, "a", "add table inet theirs { chain c { type filter hook input priority 0; }; }")
    assert seen(ruled) == {RuleTable("a"), RuleTable(HUB), *ALL}
    assert ruled.kernel.apply([remove(RuleTable("a"))]) == ()
    assert "table inet theirs" in nft(ruled, "a")


def test_what_another_runtime_left_is_seen_where_something_of_ours_lies(lab: Lab) -> None:
    lab.do(add_wire("a", "b"))
    lab.do(add(RuleTable("a")), add(NAT4))
    again = lab.again()
    found = again.observe(lab.paths).state
    assert {thing for thing in found if isinstance(thing, Nat)} == {NAT4}
    again.close()


def test_a_flush_in_a_node_wakes(ruled: Lab) -> None:
    seen(ruled)
    ruled.kernel.drain()
    nft(ruled, "a", "flush ruleset")
    assert select.select([ruled.kernel], [], [], 2)[0]


def test_a_thousand_are_made_and_seen(lab: Lab) -> None:
    many = [
        Forward(HUB, "tcp", port, f"10.0.{port // 250}.{port % 250}", 80, "lan", "169.254.3.4")
        for port in range(1, 1001)
    ]
    lab.do(add(RuleTable(HUB)), *map(add, many))
    assert seen(lab) == {RuleTable(HUB), *many}


def test_a_refused_one_does_not_hold_the_others_back(lab: Lab) -> None:
    lab.observe()
    refused = lab.kernel.apply([add(RuleTable("a")), remove(RuleTable(HUB)), add(NAT4)])
    assert [one.operation.thing for one in refused] == [RuleTable(HUB)]
    assert seen(lab) == {RuleTable("a"), NAT4}
