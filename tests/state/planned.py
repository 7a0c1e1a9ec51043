"""The plans that the rows of `cases.py` and the files beside them lead to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from conlink_compose.compose.locate import Request
from conlink_compose.reading import read
from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.plan import Planned, plan
from conlink_compose.state import Interface, Key, State, Thing
from conlink_compose.topology import Topology
from tests.plan_text import describe_plan
from tests.state.case import HAPPENS, ByHand
from tests.state.cases import CASES, PLANS


def declared(name: str, what: str) -> Topology:
    """The file is read from its own folder, so that the plans name it in short."""
    folder, before = PLANS / name, Path.cwd()
    os.chdir(folder)
    try:
        reading = read(
            Request(
                files=(f"{what}.yaml",),
                project_name="lab",
                environ={},
                working_directory=str(folder),
            )
        )
    finally:
        os.chdir(before)
    assert reading.topology, [diagnostic.message for diagnostic in reading.diagnostics]
    return reading.topology


def exists(name: str, what: str) -> bool:
    return (PLANS / name / f"{what}.yaml").exists()


def desired(name: str, what: str) -> State:
    topology = declared(name, what)
    return bind(topology, tuple(topology.foreseen())).state


def plans(name: str) -> dict[str, Planned]:
    """What is done where it is declared, edited, taken out; where somebody else's stands in its
    place; where somebody turned at it, or took it away."""
    case, before = CASES[name], desired(name, "add")
    found: dict[str, Planned] = {}
    if exists(name, "without"):
        found["add"] = plan(before, _with(desired(name, "without"), *case.undeclared))
        found["remove"] = plan(desired(name, "without"), before)
    for what in ("change", "replace"):
        if exists(name, what):
            found[what] = plan(desired(name, what), before)
    if case.foreign:
        there = desired(name, "without") if exists(name, "without") else before
        found["conflict"] = plan(before, _seen(there, case.key, case.foreign))
    if case.drift:
        found["drift"] = plan(before, _seen(before, case.key, case.drift))
    if case.taken:
        taken = case.taken
        left = _seen(before, case.key, taken) if taken.seen else _without(before, case.key)
        found["taken away"] = plan(before, left)
    return {what: found[what] for what in HAPPENS if what in found}


def describe(planned: Planned) -> str:
    conflicts = (f"conflict {one.span}: {one.message} ({one.help})\n" for one in planned.conflicts)
    return "".join((describe_plan(planned.plan), *conflicts))


def described(name: str) -> str:
    """All of them as text, and why there is no other."""
    return "\n".join(_sections(name))


def _sections(name: str) -> Iterator[str]:
    found, never = plans(name), CASES[name].never
    for what in HAPPENS:
        if what in found:
            yield f"# {what}\n{describe(found[what])}"
        elif what in never:
            yield f"# {what}: never, for {never[what]}\n"


def _seen(state: State, key: Key, hand: ByHand) -> State:
    things = dict(state.things)
    if hand.seen:
        things[key] = replace(things[key], **hand.seen)  # type: ignore[type-var]
    return _with(State(things), *hand.things)


def _with(state: State, *things: Thing) -> State:
    return State({**state.things, **{one.key: one for one in things}})


def _without(state: State, key: Key) -> State:
    """With all that lies on it; what was a port of it is one no more."""
    things = {
        other: one
        for other, one in state.things.items()
        if key not in (other, one.lies_on) and (isinstance(one, Interface) or key not in one.needs)
    }
    for one in state.interfaces():
        if one.master and key == ("interface", one.netns, one.master):
            things[one.key] = replace(one, master="", isolated=None)
    return State(things)
