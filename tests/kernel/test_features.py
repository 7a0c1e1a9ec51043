"""What a kernel may lack beside kinds of interface, held against `ip` and `tc`."""

from __future__ import annotations

import os

import pytest

from conlink_compose.state import HUB, MIRRED, VLAN_FILTERING
from conlink_compose.state.netem import NETEM, SEED
from conlink_compose.state.rule_table import PACKET_RULES
from tests.kernel.lab import Lab

pytestmark = pytest.mark.root


def test_whether_bridges_filter_vlans(lab: Lab) -> None:
    words = "ip link add name lan type bridge vlan_filtering 1"
    lab.run(HUB, *words.split())
    link = lab.link(HUB, "lan")
    filters = link is not None and link["linkinfo"]["info_data"].get("vlan_filtering") == 1
    assert (VLAN_FILTERING in lab.kernel.missing_kinds((VLAN_FILTERING,))) is not filters


def test_whether_frames_can_be_redirected(lab: Lab) -> None:
    lab.run(HUB, *["tc", "qdisc", "add", "dev", "lo", "clsact"])
    rule = "tc filter add dev lo ingress u32 match u32 0 0 action mirred egress redirect dev lo"
    done = lab.run(HUB, *rule.split())
    assert (MIRRED in lab.kernel.missing_kinds((MIRRED,))) is (done.returncode != 0)


def test_whether_there_is_netem(lab: Lab) -> None:
    done = lab.run(HUB, *["tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms"])
    missing = lab.kernel.missing_kinds((NETEM, SEED))
    assert (NETEM in missing) is (done.returncode != 0)
    release = tuple(map(int, os.uname().release.split("-")[0].split(".")[:2]))
    assert (SEED in missing) is (NETEM in missing or release < (6, 6))


def test_whether_there_are_packet_rules(lab: Lab) -> None:
    chain = "chain c { type nat hook prerouting priority -100; }"
    done = lab.run(HUB, "nft", f"add table inet t {{ {chain}; }}")
    assert (PACKET_RULES in lab.kernel.missing_kinds((PACKET_RULES,))) is (done.returncode != 0)


def test_asking_leaves_nothing_behind(lab: Lab) -> None:
    lab.kernel.missing_kinds((VLAN_FILTERING, MIRRED))
    assert [one["ifname"] for one in lab.ip(HUB, "link show")] == ["lo"]
    assert "clsact" not in lab.run(HUB, "tc", "qdisc", "show", "dev", "lo").stdout
