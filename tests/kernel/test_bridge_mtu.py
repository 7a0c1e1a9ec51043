"""A bridge whose MTU is not declared has the smallest of its ports'. The kernel sees to it until
somebody sets one, and then never again."""

from __future__ import annotations

import pytest

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up
from tests.kernel.lab import Lab

pytestmark = pytest.mark.root


def lan(bridge: str = "", *mtus: int) -> str:
    hosts = "".join(
        f"    {name}: {{links: [{{bridge: lan, mtu: {mtu}}}]}}\n"
        for name, mtu in zip("ab", mtus, strict=False)
    )
    bridges = f"  bridges: {{lan: {{mode: linux, {bridge}}}}}\n"
    return f"services: {{}}\nx-conlink:\n{bridges}  hosts:\n    c: {{}}\n{hosts}"


def mtu(lab: Lab) -> int:
    found = lab.link(HUB, "lan")
    assert found
    return int(found["mtu"])


def test_it_follows_its_ports_again_when_its_own_is_taken_out_of_the_file(lab: Lab) -> None:
    bring_up(lab, lan("mtu: 1300", 1400, 9000))
    assert mtu(lab) == 1300
    done = bring_up(lab, lan("", 1400, 9000))
    assert done.startswith("change  bridge (hub):lan   # mtu 1300 -> 1400, compose.yaml")
    assert mtu(lab) == 1400
    bring_up(lab, lan("", 8000, 9000))
    assert mtu(lab) == 8000
    bring_up(lab, lan())
    assert mtu(lab) == 1500, "it has no ports"


def test_what_somebody_sets_is_taken_back(lab: Lab) -> None:
    wanted = lan("", 1400, 1500)
    bring_up(lab, wanted)
    lab.change(HUB, "link set lan mtu 1280")
    bring_up(lab, wanted)
    assert mtu(lab) == 1400
