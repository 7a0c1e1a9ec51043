"""No bridge forwards what is of one link alone, as IEEE 802.1D has it: the scenarios of the
kernel's no_forwarding.sh. A patch and a wire are that link."""

from __future__ import annotations

import json
import time

import pytest

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up
from tests.kernel.flooding import heard
from tests.kernel.lab import Lab
from tests.kernel.raw_frames import OURS, frame

pytestmark = pytest.mark.root

GROUPS = {f"{last:x}": f"01:80:c2:00:00:0{last:x}" for last in range(16)}


def lan(bridge: str = "mode: linux") -> str:
    links = "{links: [{bridge: lan}]}"
    return (
        f"services: {{}}\nx-conlink:\n  bridges: {{lan: {{{bridge}}}}}\n"
        f"  hosts: {{a: {links}, b: {links}}}\n"
    )


def passed(lab: Lab) -> set[str]:
    """The groups that come from a to b. With a tag of a VLAN it shall be the same."""
    plain = {one: frame(to, f"plain  {one}".encode()) for one, to in GROUPS.items()}
    inner = (5).to_bytes(2, "big") + OURS
    tagged = {
        one: frame(to, inner + f"tagged {one}".encode(), b"\x81\0") for one, to in GROUPS.items()
    }
    found = [
        {one for one, nodes in heard(lab, sent, "a", "b").items() if nodes}
        for sent in (plain, tagged)
    ]
    assert found[0] == found[1]
    return found[0]


def test_none_but_those_of_the_mask_that_is_declared(lab: Lab) -> None:
    """Spanning tree passes where the bridge has none of its own, so that a loop behind it is seen
    (net/bridge/br_input.c). Pause frames and LACP never do."""
    bring_up(lab, lan())
    assert passed(lab) == {"0"}
    bring_up(lab, lan("mode: linux, group_fwd_mask: 16392"))
    assert passed(lab) == {"0", "3", "e"}
    bring_up(lab, lan("mode: linux, group_fwd_mask: 65528"))
    assert passed(lab) == GROUPS.keys() - {"1", "2"}
    bring_up(lab, lan())
    assert passed(lab) == {"0"}


def test_nor_where_spanning_tree_is_on(lab: Lab) -> None:
    bring_up(lab, lan())
    lab.change(HUB, "link set lan type bridge forward_delay 200")  # the least: ports listen for 4 s
    bring_up(lab, lan("mode: linux, stp: true, group_fwd_mask: 16384"))
    while "listening" in (states := _states(lab)) or "learning" in states:
        time.sleep(0.1)
    assert passed(lab) == {"e"}


def _states(lab: Lab) -> set[str]:
    ports = json.loads(lab.run(HUB, "bridge", "-j", "link", "show").stdout)
    return {one["state"] for one in ports}


def test_all_of_them_pass_a_patch_and_a_wire(lab: Lab) -> None:
    bring_up(lab, lan("mode: patch"))
    assert passed(lab) == GROUPS.keys()
    bring_up(
        lab,
        "services: {}\nx-conlink: {links: [{endpoints: ['a:eth0', 'b:eth0']}],"
        " hosts: {a: {}, b: {}}}\n",
    )
    assert passed(lab) == GROUPS.keys()
