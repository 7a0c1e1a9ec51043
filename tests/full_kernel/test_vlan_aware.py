"""A bridge that keeps VLANs apart: more of the kernel's bridge_vlan_aware.sh, and what its
no_forwarding.sh and bridge_igmp.sh ask of such a bridge."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.full_kernel.test_bridge_ports import vlans
from tests.kernel.datagrams import datagram
from tests.kernel.declared_lab import bring_up
from tests.kernel.flooding import heard
from tests.kernel.lab import Lab
from tests.kernel.listening import listener
from tests.kernel.raw_frames import GROUPS, OURS, frame
from tests.kernel.test_snooping import ask, lan, members, until_members

UNKNOWN = "02:00:00:00:77:77"
IN_TEN, IN_TWENTY = ", vlan: 10", ", vlan: 20"


@pytest.fixture(name="four", scope="module")
def four_fixture() -> Iterator[Lab]:
    made = Lab("a", "b", "c", "d")
    yield made
    made.close()


def tagged(tag: int, payload: bytes, kind: bytes = b"\x81\0") -> bytes:
    return frame(UNKNOWN, tag.to_bytes(2, "big") + OURS + payload, kind)


def all_but_c(where: str, c: str) -> str:
    """All four are `where`, but c."""
    return lan(more=where).replace(f"'fd00::3/64']{where}", f"'fd00::3/64']{c}")


def test_tags_of_every_kind(four: Lab) -> None:
    bring_up(four, all_but_c(IN_TEN, IN_TWENTY))
    sent = {
        "none": frame(UNKNOWN, b"no tag.."),
        "priority alone": tagged(7 << 13, b"priority"),
        "its own": tagged(10, b"own tag."),
        "another's": tagged(20, b"another."),
        "a provider's": tagged(20, b"provider", b"\x88\xa8"),
    }
    assert heard(four, sent, "a", "b", "c", "d", seconds=1) == {
        "none": "bd",
        "priority alone": "bd",
        "its own": "bd",
        "another's": "",
        "a provider's": "bd",
    }, "802.1ad is payload here"


@pytest.mark.parametrize("group", ["pause", "LACP", "802.1X", "LLDP"])
def test_what_is_of_one_link_is_not_forwarded(four: Lab, group: str) -> None:
    bring_up(four, all_but_c(IN_TEN, IN_TEN))
    inner = (10).to_bytes(2, "big") + OURS
    sent = {
        "plain": frame(GROUPS[group], b"plain..."),
        "tagged": frame(GROUPS[group], inner + b"tagged..", b"\x81\0"),
        "to all": frame(GROUPS["everybody"], b"to all.."),
    }
    found = heard(four, sent, "a", "b", "c", "d", seconds=1)
    assert found == {"plain": "", "tagged": "", "to all": "bcd"}


def test_who_leaves_a_vlan_hears_nothing_of_it_any_more(four: Lab) -> None:
    bring_up(four, all_but_c(IN_TEN, ", vlan: {trunk: [10, 20]}"))
    sent = {"to": frame(UNKNOWN, b"into ten")}
    assert heard(four, sent, "a", "b", "c", "d", seconds=1)["to"] == "bcd"
    done = bring_up(four, all_but_c(IN_TEN, ", vlan: {trunk: [20]}"))
    assert done.count("\n") == 1, done
    assert vlans(four)["c-eth0"] == "20"
    assert heard(four, sent, "a", "b", "c", "d", seconds=1)["to"] == "bd"
    bring_up(four, all_but_c(IN_TEN, ", vlan: {trunk: [10, 20]}"))
    assert heard(four, sent, "a", "b", "c", "d", seconds=1)["to"] == "bcd"


@pytest.mark.parametrize("family", [4, 6])
def test_a_join_limits_flooding_within_its_vlan(four: Lab, family: int) -> None:
    near, group, other = {
        4: ("10.0.0.1", "239.1.1.1", "239.2.2.2"),
        6: ("fd00::1", "ff15::1:1", "ff15::2:2"),
    }[family]
    bring_up(four, all_but_c(IN_TEN, IN_TWENTY))
    four.until_link_local("b:eth0", "c:eth0")
    ask(four, family)
    with listener(four, "b", group), listener(four, "c", group):
        until_members(four, group, "b-eth0", "c-eth0")
        assert members(four, other) == set()
        sent = {
            "joined": datagram(near, group, b"to group"),
            "other": datagram(near, other, b"to other"),
        }
        found = heard(four, sent, "a", "b", "c", "d", seconds=1)
        assert found == {"joined": "bd", "other": "d"}
