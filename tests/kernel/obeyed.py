"""The plans of `tests/state` in a kernel: each is made there as it stands in its file, and what
comes of it is asked of programs of others."""

from __future__ import annotations

from conlink_compose.kernel import failure_diagnostic
from conlink_compose.reconcile.bind import Binding, bind, needed_kinds
from conlink_compose.reconcile.plan import Planned, plan
from conlink_compose.reconcile.sought import sought
from conlink_compose.topology import Topology
from tests.kernel.lab import Lab
from tests.state.case import ByHand
from tests.state.cases import CASES
from tests.state.planned import declared, describe, exists, plans


class Obeyed:
    """A lab in which the networks of one object are brought up."""

    def __init__(self, lab: Lab, name: str) -> None:
        self._lab = lab
        self._name = name
        self._case = CASES[name]
        self._golden = plans(name)

    def look(self) -> str:
        return self._lab.run(self._case.key[1], "sh", "-c", self._case.look).stdout

    def turn(self, hand: ByHand) -> None:
        done = self._lab.run(self._case.key[1], "sh", "-ec", hand.words)
        assert done.returncode == 0, done.stderr

    def becomes(self, what: str) -> str:
        """The network of that file; what is seen of the object then."""
        self._converge(declared(self._name, what))
        return self.look()

    def happens(self, what: str, becomes: str = "add") -> str:
        """The first plan is the one that stands in the file."""
        topology = declared(self._name, becomes)
        found, golden = describe(self._plan(topology)), describe(self._golden[what])
        assert found == golden, f"{what}: {found}instead of {golden}"
        self._converge(topology)
        return self.look()

    def _converge(self, topology: Topology) -> None:
        for _ in range(4):
            found = self._plan(topology)
            if not found.plan:
                return
            failures = self._lab.kernel.apply(found.plan)
            assert not failures, [failure_diagnostic(one).message for one in failures]
        raise AssertionError(describe(found))

    def _plan(self, topology: Topology) -> Planned:
        nodes = [node for node in topology.foreseen() if node.name in self._lab.fds]
        missing = self._lab.kernel.missing_kinds(needed_kinds(topology))
        wanted: Binding = bind(topology, nodes, missing)
        self._lab.kernel.drain()
        there = self._lab.kernel.observe(self._lab.paths, sought(topology, nodes))
        return plan(wanted.state, there.state)


def comes_changes_and_goes(lab: Lab, name: str) -> None:
    """As far as it does: what is seen differs each time, and is the same again afterwards."""
    one = Obeyed(lab, name)
    begin = "without" if exists(name, "without") else "add"
    seen = {begin: one.becomes(begin)}
    if begin == "without":
        seen["add"] = one.happens("add")
    for what in ("change", "replace"):
        if exists(name, what):
            seen[what] = one.happens(what, what)
            assert one.becomes("add") == seen["add"]
    assert len({*seen.values()}) == len(seen), seen
    if begin == "without":
        assert one.happens("remove", "without") == seen["without"]


def stands_by_hands_of_others(lab: Lab, name: str) -> None:
    """What somebody turned at or took away is put back; what is his own is left alone."""
    one, case = Obeyed(lab, name), CASES[name]
    before = one.becomes("add")
    for what, hand in (("drift", case.drift), ("taken away", case.taken)):
        if hand:
            one.turn(hand)
            assert one.look() != before
            assert one.happens(what) == before
    if case.foreign:
        _is_left_alone(one, name, case.foreign)


def _is_left_alone(one: Obeyed, name: str, foreign: ByHand) -> None:
    one.becomes("without" if exists(name, "without") else "add")
    one.turn(foreign)
    before = one.look()
    assert one.happens("conflict") == before
