"""Isolated ports of a bridge: the scenarios of the kernel's bridge_port_isolation.sh."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up, steps
from tests.kernel.lab import Lab

pytestmark = pytest.mark.root


def lan(*, isolated: str = "", bridge: str = "lan") -> str:
    """Nodes a, b and c on one bridge, each with addresses of both families."""
    hosts = "".join(
        f"    {name}: {{links: [{{bridge: {bridge}, ip: [10.0.0.{number}/24, 'fd00::{number}/64'], "
        f"isolated: {str(name in isolated).lower()}}}]}}\n"
        for number, name in enumerate("abc", 1)
    )
    return f"services: {{}}\nx-conlink:\n  hosts:\n{hosts}"


def isolated_ports(lab: Lab) -> set[str]:
    done = lab.run(HUB, "bridge", "-j", "-d", "link", "show")
    return {one["ifname"] for one in json.loads(done.stdout or "[]") if one["isolated"]}


@pytest.fixture
def three(lab_of: Callable[..., Lab]) -> Lab:
    return lab_of("a", "b", "c")


def test_isolated_ports_do_not_reach_each_other_but_all_others(three: Lab) -> None:
    done = bring_up(three, lan(isolated="ab"))
    assert "= (hub):a-eth0" in done
    assert "master lan isolated" in done
    assert isolated_ports(three) == {"a-eth0", "b-eth0"}
    assert not three.pings("a", "10.0.0.2")
    assert not three.pings("a", "fd00::2")
    assert three.pings("a", "10.0.0.3")
    assert three.pings("b", "fd00::3")


def test_isolation_is_taken_away_and_put_on_in_place(three: Lab) -> None:
    bring_up(three, lan(isolated="ab"))
    before = three.link("a", "eth0")
    assert bring_up(three, lan(isolated="a")).startswith("change  veth (hub):b-eth0   # isolated ")
    assert isolated_ports(three) == {"a-eth0"}
    assert three.pings("a", "10.0.0.2"), "isolated ports are kept from each other alone"
    bring_up(three, lan(isolated="abc"))
    assert isolated_ports(three) == {"a-eth0", "b-eth0", "c-eth0"}
    after = three.link("a", "eth0")
    assert before
    assert after
    assert (before["ifindex"], before["operstate"]) == (after["ifindex"], after["operstate"])


def test_isolation_taken_away_by_hand_is_put_back(three: Lab) -> None:
    wanted = lan(isolated="ab")
    bring_up(three, wanted)
    three.run(HUB, "bridge", "link", "set", "dev", "a-eth0", "isolated", "off")
    three.run(HUB, "bridge", "link", "set", "dev", "c-eth0", "isolated", "on")
    bring_up(three, wanted)
    assert isolated_ports(three) == {"a-eth0", "b-eth0"}
    assert steps(three, wanted) == ""


def test_an_isolated_port_is_isolated_in_the_bridge_it_moves_to(three: Lab) -> None:
    bring_up(three, lan(isolated="ab"))
    bring_up(three, lan(isolated="ab", bridge="other"))
    assert isolated_ports(three) == {"a-eth0", "b-eth0"}
    assert not three.pings("a", "10.0.0.2")
    assert three.pings("a", "10.0.0.3")
