"""How often one command makes the runtime look at the kernel."""

from __future__ import annotations

import select
from collections.abc import Iterator, Mapping, Sequence

import pytest

from conlink_compose.kernel import Kernel, Observation, mark_of
from conlink_compose.reconcile.override import Override
from conlink_compose.runtime.controller import Controller
from conlink_compose.state import HUB, End
from conlink_compose.state.sought import NOTHING, Sought
from conlink_compose.topology import Life, Node, Topology
from tests.kernel.declared_lab import topology_of
from tests.kernel.lab import PROJECT, Lab

pytestmark = pytest.mark.root

TEXT = "x-conlink: {hosts: {a: {links: [{bridge: lan, ip: 10.0.0.1/24}]}}}"
END = End("a", "eth0")
DOWN = Override(up=False)


class CountingKernel(Kernel):
    """The kernel, and how often it was looked at."""

    looks = 0

    def observe(self, paths: Mapping[str, str], sought: Sought = NOTHING) -> Observation:
        self.looks += 1
        return super().observe(paths, sought)


class LabEngine:
    """Its nodes are the namespaces of a lab."""

    machine = health = ovs = None
    log = "nowhere"
    project = PROJECT

    def __init__(self, lab: Lab, topology: Topology) -> None:
        self._lab, self._topology = lab, topology
        self.hub = lab.path(HUB)

    def nodes(self) -> Sequence[Node]:
        return [
            Node(one.name, one.owner, one.replica, Life(one.name, self._lab.path(one.name)))
            for one in self._topology.foreseen()
        ]

    def drain(self) -> None:
        """Nothing happens to its nodes."""

    def name(self, nodes: Sequence[Node], heads: Mapping[str, str], common: str) -> None:
        """They have no files."""


@pytest.fixture
def lab() -> Iterator[Lab]:
    made = Lab("a")
    yield made
    made.close()


@pytest.fixture
def kernel(lab: Lab) -> Iterator[CountingKernel]:
    made = CountingKernel(lab.path(HUB), mark_of(PROJECT))
    yield made
    made.close()


@pytest.fixture
def controller(lab: Lab, kernel: CountingKernel) -> Controller:
    topology = topology_of(TEXT)
    made = Controller(LabEngine(lab, topology), kernel, lambda: topology)  # type: ignore[arg-type]
    assert made.converge().is_final
    kernel.looks = 0
    return made


def mtu(lab: Lab) -> tuple[int, bool]:
    (found,) = lab.ip("a", "link show dev eth0")
    return int(found["mtu"]), "UP" in found["flags"]


def test_an_override_is_obeyed_by_one_look_and_proved_by_another(
    lab: Lab, kernel: CountingKernel, controller: Controller
) -> None:
    outcome = controller.converge(controller.override(END, DOWN))
    assert outcome.is_final
    assert mtu(lab) == (1500, False)
    assert kernel.looks == 2
    outcome = controller.converge(controller.forget_overrides())
    assert outcome.is_final
    assert mtu(lab) == (1500, True)
    assert kernel.looks == 4


def test_what_else_is_left_to_do_is_done_with_it(
    lab: Lab, kernel: CountingKernel, controller: Controller
) -> None:
    lab.change("a", "link set eth0 mtu 1400")
    controller.converge(controller.override(END, DOWN))
    assert mtu(lab) == (1500, False)
    assert kernel.looks == 2


def test_what_changes_behind_the_first_look_is_seen_by_the_second(
    lab: Lab, controller: Controller
) -> None:
    seen = controller.override(END, DOWN)
    lab.change("a", "link set eth0 mtu 1400")
    assert controller.converge(seen).is_final
    assert mtu(lab) == (1500, False)


def test_where_nothing_is_to_be_taken_back_one_look_is_enough(
    lab: Lab, kernel: CountingKernel, controller: Controller
) -> None:
    lab.change("a", "address add 10.9.9.9/32 dev eth0")
    assert controller.converge(controller.forget_overrides()).is_final
    assert kernel.looks == 1
    assert select.select([kernel], [], [], 0)[0], "what was heard wakes the loop all the same"
