"""For each kind a network of it, how it is edited, and what else happens to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from conlink_compose.compose.locate import Request
from conlink_compose.reading import read
from conlink_compose.reconcile.bind import bind
from conlink_compose.reconcile.plan import Planned, plan
from conlink_compose.state import MACHINE, Interface, State
from conlink_compose.topology import Topology
from tests.plan_text import describe_plan

PLANS = Path(__file__).parent / "plans"
NODE, DEV = "a-1", "eth0"
PARENTS = State.of(
    Interface(MACHINE, name, "veth", mtu=1500, up=True, owned=False) for name in ("p0", "p1")
)
"""The machine's, joined to each other: node a lies on p0, and node b on p1."""


def declared(kind: str, what: str) -> Topology:
    """`what` is add; change, all of it in place; or replace, where that of node a is made anew."""
    request = Request(
        files=(f"{what}.yaml",),
        project_name="lab",
        environ={},
        working_directory=str(PLANS / kind),
    )
    reading = read(request)
    assert reading.topology, [diagnostic.message for diagnostic in reading.diagnostics]
    return reading.topology


def desired(kind: str, what: str) -> State:
    topology = declared(kind, what)
    return bind(topology, tuple(topology.foreseen())).state


def plans(kind: str) -> dict[str, Planned]:
    """What is done where it is declared, edited, taken out; where somebody else's interface stands
    in its place; where somebody turned at it."""
    before = _with_parents(desired(kind, "add"))
    return {
        "add": plan(desired(kind, "add"), PARENTS),
        "change": plan(desired(kind, "change"), before),
        "replace": plan(desired(kind, "replace"), before),
        "remove": plan(State(), before),
        "conflict": plan(desired(kind, "add"), _changed(PARENTS, _of_others(kind))),
        "drift": plan(desired(kind, "add"), _changed(before, _turned_at(before))),
        "taken away": plan(desired(kind, "add"), _without(before)),
    }


def describe(kind: str) -> str:
    """All of them as text."""
    return "\n".join("".join(_described(what, one)) for what, one in plans(kind).items())


def _described(what: str, planned: Planned) -> Iterator[str]:
    yield f"# {what}\n"
    yield describe_plan(planned.on_links)
    for conflict in planned.conflicts:
        yield f"conflict {conflict.span}: {conflict.message} ({conflict.help})\n"


def _with_parents(state: State) -> State:
    return State({**PARENTS.things, **state.things})


def _interface(state: State) -> Interface:
    found = state.interface(("interface", NODE, DEV))
    assert found
    return found


def _of_others(kind: str) -> Interface:
    return replace(_interface(desired(kind, "add")), owned=False)


def _turned_at(before: State) -> Interface:
    now = _interface(before)
    mac = now.mac and "02:00:00:00:00:77"
    return replace(now, mac=mac, mtu=1300, up=False, parent_mtu=1500 if now.parent else None)


def _changed(state: State, interface: Interface) -> State:
    return State({**state.things, interface.key: interface})


def _without(state: State) -> State:
    """An interface with all that lies on it, and with its other end."""
    gone = _interface(state)
    keys = {gone.key, *gone.ends_with}
    things = state.things.items()
    return State({key: one for key, one in things if key not in keys and one.lies_on not in keys})
