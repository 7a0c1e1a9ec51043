"""The kernel's descriptor wakes for each change that matters, wherever it happens."""

from __future__ import annotations

import os
import select
from contextlib import closing
from pathlib import Path

import pytest

from conlink_compose.kernel.monitor import Monitor
from conlink_compose.kernel.rtnl.link_socket import route_sockets
from conlink_compose.state import HUB
from conlink_compose.state.sought import Sought
from tests.kernel.lab import Lab, add_bridge, add_link, add_wire

pytestmark = pytest.mark.root


def wakes(lab: Lab, seconds: float = 2.0) -> bool:
    return bool(select.select([lab.kernel], [], [], seconds)[0])


def quiet(lab: Lab) -> None:
    """Until the last event of what was done before has come: IPv6 settles for two seconds."""
    lab.kernel.drain()
    while wakes(lab, 1.2):
        lab.kernel.drain()


@pytest.mark.parametrize("node", ["bridged", "wired", "bare"])
def test_a_change_in_a_node_wakes(lab: Lab, node: str) -> None:
    if node == "bridged":
        lab.do(add_bridge(), add_link("a"))
    elif node == "wired":
        lab.do(add_wire("a", "b"))
    else:
        lab.observe()
    quiet(lab)
    lab.change("a", "link set lo up")
    assert wakes(lab)


@pytest.mark.parametrize(
    "words", ["link add x type ifb", "addr add 10.0.0.1/24 dev lo", "link set lo up"]
)
def test_a_change_in_the_hub_wakes(lab: Lab, words: str) -> None:
    lab.observe()
    quiet(lab)
    lab.change(HUB, words)
    assert wakes(lab)


def test_a_lost_route_wakes(lab: Lab) -> None:
    lab.observe()
    lab.change("a", "link set lo up")
    lab.change("a", "route add 10.9.0.0/16 dev lo")
    quiet(lab)
    lab.change("a", "route del 10.9.0.0/16")
    assert wakes(lab)


def test_a_storm_wakes_and_can_be_drained(lab: Lab) -> None:
    lab.do(add_bridge(), *(add_link("a", dev=f"e{i}") for i in range(40)))
    assert wakes(lab)
    quiet(lab)
    assert not wakes(lab, 0)
    lab.change("a", "link set e7 down")
    assert wakes(lab)


def test_a_restarted_node_is_heard_too(lab: Lab) -> None:
    lab.observe()
    lab.restart("a")
    lab.observe()
    quiet(lab)
    lab.change("a", "link set lo up")
    assert wakes(lab)


def test_descriptors_are_not_inherited(lab: Lab) -> None:
    lab.kernel.observe(lab.paths, Sought(frozenset({"a"})))
    ours = [int(fd.name) for fd in Path("/proc/self/fd").iterdir() if _is_one(fd)]
    assert lab.kernel.fileno() in ours
    assert not any(map(os.get_inheritable, ours))


def _is_one(fd: Path) -> bool:
    try:
        return str(fd.readlink()).startswith(("socket:", "anon_inode:[eventpoll]"))
    except OSError:  # it was that of the reading itself
        return False


def test_what_happens_while_it_is_deaf_is_not_heard_but_taken_for_granted(lab: Lab) -> None:
    lab.observe()
    (raw,) = route_sockets((lab.fds[HUB],))
    assert not isinstance(raw, OSError)
    with closing(Monitor(raw)) as monitor:
        with monitor.deaf():
            lab.change("a", "link set lo up")
            assert not select.select([monitor], [], [], 0.1)[0]
        assert select.select([monitor], [], [], 0)[0]
        monitor.drain()
        assert not select.select([monitor], [], [], 0)[0]
        lab.change("a", "link set lo down")
        assert select.select([monitor], [], [], 1)[0]
