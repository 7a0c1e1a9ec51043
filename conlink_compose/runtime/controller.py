"""Wake, observe, plan, apply, verify: the loop that makes the kernel hold what is declared.

Level-triggered: a pass looks at everything anew and trusts nothing it did before. So it may be
killed between any two lines and started again.
"""

from __future__ import annotations

import logging
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from conlink_compose.diagnostics import Diagnostic, Severity
from conlink_compose.engines import Engine
from conlink_compose.kernel import Failure, Kernel, failure_diagnostic
from conlink_compose.log import FIELDS
from conlink_compose.reconcile.bind import Binding, needed_kinds, on_machine
from conlink_compose.reconcile.binder import Binder
from conlink_compose.reconcile.hosts_file import names_of
from conlink_compose.reconcile.lacking import cannot_be, lacking, needed_qdiscs
from conlink_compose.reconcile.operation_json import as_dict
from conlink_compose.reconcile.override import NONE, Override
from conlink_compose.reconcile.overrides import OverrideError, operation, overrides
from conlink_compose.reconcile.plan import Planned, plan
from conlink_compose.reconcile.settled import with_checksums
from conlink_compose.reconcile.sought import sought
from conlink_compose.reconcile.text import describe
from conlink_compose.state import MACHINE, OVS, End, Operation, Plan, State
from conlink_compose.topology import Endpoint, Node, Owner, Topology

_log = logging.getLogger(__name__)

PASSES_AT_MOST = 4
"""Links, verified; marks, verified. What is not settled then is retried after a pause."""


@dataclass(frozen=True, slots=True)
class View:
    """What one look saw: the nodes that run, what is desired of them, and what is left to do."""

    topology: Topology
    nodes: tuple[Node, ...]
    binding: Binding
    actual: State
    planned: Planned
    machine: str = MACHINE

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        return (*self.binding.refused, *self.planned.conflicts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The last view, and what the kernel refused on the way to it."""

    view: View
    refused: tuple[Diagnostic, ...] = field(default_factory=tuple)

    @property
    def settled(self) -> bool:
        """Nothing is left to do for the nodes that run."""
        return not self.view.planned.plan

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        return (*self.view.problems, *self.refused)

    @property
    def is_final(self) -> bool:
        """Another pass helps only after a change. A node without room waits for one as well."""
        return self.settled and not self.view.planned.conflicts and not self.refused


class Controller:
    """Ties one engine and one kernel to the topology that `declared` returns at each look."""

    def __init__(self, engine: Engine, kernel: Kernel, declared: Callable[[], Topology]) -> None:
        self._engine = engine
        self._kernel = kernel
        self._declared = declared
        self._binder = Binder()
        self._named: object = None
        self._warned: set[Diagnostic] = set()
        self._commanded: dict[tuple[str, int], str] = {}  # (node, command) -> its life

    def look(self) -> View:
        """Observe and plan, and touch nothing. Raises `EngineUnreachableError`, OSError."""
        return self._view(self._declared(), ())

    def foresee(self, topology: Topology) -> View:
        """As `look`, if `topology` were declared and all of its nodes ran."""
        return self._view(topology, tuple(topology.foreseen()))

    def _view(self, topology: Topology, foreseen: Sequence[Node]) -> View:
        nodes = self._engine.nodes()
        alive = {node.name: node.life.netns for node in nodes if node.life}
        machine = self._machine(topology, (*nodes, *foreseen))
        self._reach_ovs()
        topology = with_checksums(topology, self._missing(needed_kinds(topology)))
        observation = self._kernel.observe(alive, sought(topology, nodes))
        here = tuple(node for node in nodes if node.life and node.name not in observation.gone)
        here += tuple(node for node in foreseen if node.name not in alive)
        # What `up` would do is what the files say: it takes back whatever else was asked for.
        wishes = {} if foreseen else overrides(observation.state)
        return self._planned(topology, here, observation.state, wishes, machine)

    def _planned(
        self,
        topology: Topology,
        here: tuple[Node, ...],
        actual: State,
        wishes: Mapping[End, Override],
        machine: str,
    ) -> View:
        needed = needed_kinds(topology) | needed_qdiscs(topology, wishes.values())
        missing = self._missing(needed)
        self._warn(topology, missing)
        binding = self._binder.bind(topology, here, missing, wishes, machine)
        return View(topology, here, binding, actual, plan(binding.state, actual), machine)

    def _reach_ovs(self) -> None:
        home = self._engine.ovs
        self._kernel.reach_ovs(home.folder if home else None, starts=bool(home and home.starts))

    def _missing(self, kinds: frozenset[str]) -> frozenset[str]:
        """Those that cannot be had here. Where Open vSwitch is started beside us, it does not
        matter what this process could start."""
        home = self._engine.ovs
        if home and home.starts:
            return self._kernel.missing_kinds(kinds)
        missing = self._kernel.missing_kinds(kinds - {OVS})
        return missing if home else missing | (kinds & {OVS})

    def _warn(self, topology: Topology, missing: frozenset[str]) -> None:
        """Of what is brought up in part, once. Each error is one of the view's problems."""
        told = {one for one in lacking(topology, missing) if one.severity is Severity.WARNING}
        for diagnostic in told - self._warned:
            _log.warning("%s", diagnostic.message)
        self._warned |= told

    def override(self, end: End, asked: Override | None) -> View:
        """Keep in the kernel what is asked of one interface over what the files say, beside what
        was asked before; None takes all of it back. What is left to do then, `converge` obeys.

        Raises `OverrideError` where that cannot be, `EngineUnreachableError` and OSError.
        """
        view = self.look()
        before = overrides(view.actual).get(end, NONE)
        if asked:
            self._check(
                asked.over(Endpoint(Owner("container", end.netns), end.name)), view.topology
            )
        wish = asked.beside(before) if asked else NONE
        return self._keep(view, [operation(end, wish, view.binding.state, view.actual)])

    def _check(self, wanted: Endpoint, topology: Topology) -> None:
        """Raises `OverrideError` where this kernel cannot do that."""
        asked = (Override(netem=wanted.netem),)
        missing = self._kernel.missing_kinds(needed_qdiscs(topology, asked))
        if why := cannot_be(wanted, missing):
            raise OverrideError(f"{why.message}; {why.help}")

    def forget_overrides(self) -> View:
        """All that was asked of interfaces is taken back. As `override`, and raises as it does."""
        view = self.look()
        desired = view.binding.state
        standing = [end for end in overrides(view.actual) if desired.interface(end.key)]
        return self._keep(view, [operation(end, NONE, desired, view.actual) for end in standing])

    def _keep(self, view: View, operations: Sequence[Operation]) -> View:
        """What `view` had been if they stood already."""
        if not operations:
            return view
        for refused in _refusals(self._kernel.apply(tuple(operations))):
            raise OverrideError(refused.message)
        kept = {one.thing.key: one.thing for one in operations}
        actual = State({**view.actual.things, **kept}, view.actual.causes)
        return self._planned(view.topology, view.nodes, actual, overrides(actual), view.machine)

    def _machine(self, topology: Topology, nodes: Sequence[Node]) -> str:
        """The label of the machine's namespace, which is looked at while a parent lies there."""
        if on_machine(topology, nodes):
            return self._kernel.reach_machine(self._engine.machine)
        self._kernel.leave_machine()
        return MACHINE

    def converge(self, seen: View | None = None) -> Outcome:
        """Look and apply until there is nothing left to do, or nothing more that helps now. It
        begins with what was `seen` just now, if anything: the events since then are still heard."""
        view = seen or self._look_anew()
        refused: tuple[Diagnostic, ...] = ()
        for _ in range(PASSES_AT_MOST):
            if not view.planned.plan:
                break
            self._command(view)
            _tell(view.planned.plan)
            refused = _refusals(self._kernel.apply(view.planned.plan))
            self._name(view)  # before the mark that lets a node's process start
            view = self._look_anew()
        self._name(view)
        return Outcome(view, refused if view.planned.plan else ())

    def _name(self, view: View) -> None:
        """Tell the nodes each other's names, where they are not those of the last time."""
        named = (view.nodes, view.binding.bound)
        if named != self._named:
            wanted = view.topology.runtime.names
            names = names_of(view.topology, view.binding.bound if wanted else ())
            self._engine.name(view.nodes, names.heads, names.common)
            self._named = named

    def _look_anew(self) -> View:
        """Forget the events that this look includes; a look for a client alone must not: what it
        sees, nobody would act upon."""
        self._engine.drain()
        self._kernel.drain()
        return self.look()

    def _command(self, view: View) -> None:
        """Start the commands of the nodes that become ready, once in each life of a node.

        They start before the mark is set: a runtime that dies in between starts them again,
        rather than never.
        """
        ready = {op.thing.netns for op in view.planned.plan if op.thing.IS_MARK}
        for node in view.nodes:
            if node.name in ready:
                self._command_node(node, view.topology)

    def _command_node(self, node: Node, topology: Topology) -> None:
        aliases = topology.aliases()
        life = node.life.id if node.life else ""
        for number, command in enumerate(topology.commands):
            mark = (node.name, number)
            meant = aliases.get(command.owner, command.owner)
            here = meant in (node.owner, Owner("container", node.name))
            if here and self._commanded.get(mark) != life:
                _log.info("run in %s: %s", node.name, shlex.join(command.argv))
                self._engine.run(node, command.argv)
                self._commanded[mark] = life


def _tell(plan: Plan) -> None:
    if _log.isEnabledFor(logging.INFO):  # to put thousands of them into words takes its time
        for operation in plan:
            _log.info("%s", describe(operation), extra={FIELDS: {"operation": as_dict(operation)}})


def _refusals(failures: Sequence[Failure]) -> tuple[Diagnostic, ...]:
    return tuple(failure_diagnostic(failure) for failure in failures)
