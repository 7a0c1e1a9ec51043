"""A bridge that is made for many ports looks at multicast when it has them, and not before; one
that shall never look never does, and one of few ports does at once."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from conlink_compose.kernel.snooping import MANY
from conlink_compose.state import HUB
from tests.kernel.declared_lab import bring_up
from tests.kernel.lab import Lab

pytestmark = pytest.mark.root

WATCH = ("ip", "-d", "monitor", "all-nsid", "link", "address")


def star(ports: int, knobs: str = "") -> str:
    links = ", ".join(
        f"{{bridge: lan, dev: e{n}, ip: 10.0.{n}.1/24, mac: '02:00:00:00:00:{n:02x}'}}"
        for n in range(ports)
    )
    return (
        f"services: {{}}\nx-conlink: {{bridges: {{lan: {{mode: linux{knobs}}}}},"
        f" hosts: {{a: {{links: [{links}]}}}}}}\n"
    )


def told(lab: Lab, text: str) -> list[str]:
    """Whether the bridge looks at multicast, that a port joins it, that a node gets an address: as
    the kernel tells of it while the network comes up, at the first attempt."""
    said: list[str] = []
    with watched(lab) as lines:
        steps = bring_up(lab, text)
        assert "add" in steps
        assert "change  bridge" not in steps
        lab.change(HUB, "link add end type ifb")
        for line in lines:
            if " end:" in line:
                break
            said += re.findall(r"mcast_snooping [01]|master lan|inet 10", line)
    return said


@contextmanager
def watched(lab: Lab) -> Iterator[IO[str]]:
    """What `ip monitor` says of the hub and the nodes from now on."""
    command = ("nsenter", f"--net={lab.path(HUB)}", "stdbuf", "-oL", *WATCH)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watch:
        try:
            while not listens(watch.pid):
                assert watch.poll() is None
                time.sleep(0.01)
            assert watch.stdout
            yield watch.stdout
        finally:
            watch.kill()


def listens(pid: int) -> bool:
    """Whether it has joined a group of netlink's."""
    lines = Path(f"/proc/{pid}/net/netlink").read_text().splitlines()[1:]
    return any(pid == int(line.split()[2]) and int(line.split()[3], 16) for line in lines)


def snoops(lab: Lab) -> int:
    (bridge,) = lab.ip(HUB, "link show dev lan")
    return int(bridge["linkinfo"]["info_data"]["mcast_snooping"])


def test_a_bridge_of_many_ports_snoops_when_it_has_them(lab: Lab) -> None:
    found = told(lab, star(MANY))
    first = found.index("mcast_snooping 1")
    assert "mcast_snooping 0" in found[:first]
    assert found[:first].count("master lan") >= MANY
    assert "inet 10" in found[first:], "a node tells of its addresses when the bridge listens"
    assert "inet 10" not in found[:first]
    assert snoops(lab) == 1


def test_what_else_a_node_has_is_no_reason_to_snoop_before(lab: Lab) -> None:
    """A dummy is made in its node, before there is anything that knows an address."""
    text = star(MANY).replace("links: [", "links: [{type: dummy, dev: d0}, ")
    found = told(lab, text)
    first = found.index("mcast_snooping 1")
    assert found[:first].count("master lan") >= MANY


def test_a_bridge_of_few_snoops_at_once(lab: Lab) -> None:
    assert "mcast_snooping 0" not in told(lab, star(MANY - 1))
    assert snoops(lab) == 1


def test_one_that_shall_not_snoop_never_does(lab: Lab) -> None:
    assert "mcast_snooping 1" not in told(lab, star(MANY, ", mcast_snooping: false"))
    assert snoops(lab) == 0
