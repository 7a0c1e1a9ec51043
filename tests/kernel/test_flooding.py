"""Frames nobody's, to groups and to the bridge itself, as the kernel's forwarding selftests send
them (bridge_port_isolation.sh, local_termination.sh, no_forwarding.sh)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up
from tests.kernel.flooding import reached
from tests.kernel.lab import Lab
from tests.kernel.raw_frames import GROUPS, frame

pytestmark = pytest.mark.root

UNKNOWN = "02:00:00:00:77:77"
MULTICAST = "01:00:5e:00:00:fb"
PAYLOAD = b"eight by"


@pytest.fixture
def four(lab_of: Callable[..., Lab]) -> Lab:
    """Of a to d, a and b are isolated."""
    lab = lab_of("a", "b", "c", "d")
    bring_up(
        lab,
        "services: {}\nx-conlink:\n  links:\n"
        + "".join(
            f"    - {{host: {name}, bridge: lan, isolated: {str(name in 'ab').lower()}}}\n"
            for name in "abcd"
        )
        + "  hosts: {a: {}, b: {}, c: {}, d: {}}\n",
    )
    return lab


@pytest.mark.parametrize("to", [UNKNOWN, MULTICAST, GROUPS["everybody"]])
def test_what_is_flooded_keeps_from_isolated_neighbours(four: Lab, to: str) -> None:
    sent = frame(to, PAYLOAD)
    assert reached(four, sent, "a", "b", "c", "d").keys() == {"c", "d"}
    assert reached(four, sent, "c", "a", "b", "d").keys() == {"a", "b", "d"}


def test_what_the_bridge_has_learned_goes_to_one_port_alone(four: Lab) -> None:
    mac = "02:00:00:00:00:0d"
    learned = frame(UNKNOWN, PAYLOAD)
    reached(four, learned[:6] + bytes.fromhex(mac.replace(":", "")) + learned[12:], "d", "c")
    sent = frame(mac, PAYLOAD)
    assert reached(four, sent, "a", "b", "c", "d").keys() == {"d"}


def test_a_frame_to_the_bridge_itself_is_nobody_elses(four: Lab) -> None:
    bridge = four.link(HUB, "lan")
    assert bridge
    assert reached(four, frame(bridge["address"], PAYLOAD), "a", "b", "c", "d") == {}


@pytest.mark.parametrize("group", ["pause", "LACP", "802.1X", "LLDP"])
def test_what_is_of_one_link_is_not_forwarded(four: Lab, group: str) -> None:
    assert reached(four, frame(GROUPS[group], PAYLOAD), "c", "a", "b", "d") == {}
