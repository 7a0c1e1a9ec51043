"""All nodes of the project: what an apply makes of them, who may start, who must stop first."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from conlink_compose.engines import Changes, NodeStatus
from conlink_compose.engines.sandbox import SandboxError, StoppingError
from conlink_compose.engines.sandbox.supervisor.changes import decide, nodes_of
from conlink_compose.engines.sandbox.supervisor.context import Context
from conlink_compose.engines.sandbox.supervisor.order import awaited, stoppable
from conlink_compose.engines.sandbox.supervisor.sandbox_node import SandboxNode
from conlink_compose.workload import Workload


class Terms(NamedTuple):
    """Of an apply: `recreate` names nodes or owners, `keep` owners whose nodes it leaves alone."""

    remove_orphans: bool = False
    recreate: Collection[str] = ()
    keep: Collection[str] = ()


class Nodes:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._nodes: dict[str, SandboxNode] = {}
        self._successors: dict[str, Workload] = {}  # to start when the node's life has ended
        self._leaving: set[str] = set()
        self._halting: dict[str, float | None] = {}  # to be stopped, with their grace
        self._when_stopped: Callable[[], None] | None = None
        self._is_review_due = False
        self._grace: float | None = None

    def apply(
        self,
        workloads: Sequence[Workload],
        hosts: Mapping[str, str],
        hosts_common: str,
        terms: Terms,
    ) -> Changes:
        """Raises `StoppingError` while the project is being stopped, `SandboxError` where a node's
        /etc/hosts cannot be written."""
        changes = self.foresee(workloads, terms)
        wanted = {
            name: (workload, replica)
            for workload in workloads
            for replica, name in enumerate(nodes_of(workload), 1)
        }
        for name in changes.remove:
            self._remove(name)
        for name, (workload, replica) in wanted.items():
            self._want(name, replica, workload, name in changes.recreate)
        # That of the files; where these are not wanted whole, the one there is.
        in_order = dict.fromkeys((*self._nodes, *wanted) if terms.keep else (*wanted, *self._nodes))
        self._nodes = {name: self._nodes[name] for name in in_order if name in self._nodes}
        self._review_soon()
        self._write_hosts(hosts, hosts_common)
        return changes

    def foresee(self, workloads: Sequence[Workload], terms: Terms) -> Changes:
        """What `apply` would do. Raises `StoppingError` while the project is being stopped."""
        self.refuse_while_stopping()
        present = {
            name: self._successors.get(name, node.workload)
            for name, node in self._nodes.items()
            if name not in self._leaving and node.workload.owner.name not in terms.keep
        }
        at_rest = {name for name in present if self._nodes[name].is_at_rest}
        return decide(present, workloads, terms.remove_orphans, terms.recreate, at_rest)

    def lives(self, name: str, life: str) -> bool:
        """Whether that life of the node `name` goes on."""
        node = self._nodes.get(name)
        shown = node.life.shown if node and node.life else None
        return shown is not None and shown.id == life

    def refuse_while_stopping(self) -> None:
        """Raises `StoppingError`."""
        if self._when_stopped:
            raise StoppingError("the project is being stopped")

    def statuses(self) -> list[NodeStatus]:
        known, started = self._services()
        failed = {n.workload.owner.name for n in self._nodes.values() if n.state == "failed"}
        found = []
        for node in self._nodes.values():
            waits_for = awaited(node.workload, known, started) if node.is_held else []
            in_vain = next((name for name in waits_for if name in failed), None)
            found.append(node.status(in_vain))
        return found

    def get(self, name: str) -> SandboxNode:
        """Raises `SandboxError`."""
        try:
            return self._nodes[name]
        except KeyError:
            raise SandboxError(f"there is no node `{name}`") from None

    def restart(self, names: Sequence[str], grace: float | None = None) -> None:
        """Raises `SandboxError` before anything is touched."""
        for node in self._all(names):
            self._renew(node, self._successors.get(node.name, node.workload), grace)

    def start(self, names: Sequence[str]) -> None:
        """Those that have no life begin one. Raises `SandboxError` before anything is touched."""
        for node in self._all(names):
            self._halting.pop(node.name, None)
            if node.is_stopping:
                self._successors.setdefault(node.name, node.workload)
            elif node.life is None:
                node.stop()  # it waits for its restart no longer
                self._context.loop.soon(functools.partial(self._start, node, "it was asked for"))

    def stop(self, names: Sequence[str], grace: float | None) -> float:
        """They begin no other life, and end the present one, dependents first; the seconds that
        takes at most. Raises `SandboxError` before anything is touched."""
        nodes = self._all(names)
        for node in nodes:
            self._successors.pop(node.name, None)
            self._halting[node.name] = grace
            if node.is_stopping:
                node.stop(grace)
        self._review_soon()
        return sum(n.workload.stop_grace if grace is None else grace for n in nodes)

    def kill(self, names: Sequence[str], number: int) -> None:
        """Raises `SandboxError` before anything is touched, or where none of them has a life."""
        alive = [node for node in self._all(names) if node.life]
        if not alive:
            raise SandboxError(f"nothing runs in {', '.join(names)}")
        for node in alive:
            node.kill(number)

    def stop_all(self, grace: float | None, then: Callable[[], None]) -> float:
        """Stop every node, dependents first, then call `then`; the seconds it takes at most. Said
        again with a `grace`, that holds for those that are stopping too."""
        self._when_stopped = then
        self._halting.clear()
        for node in self._nodes.values():
            if grace is not None and node.is_stopping:
                node.stop(grace)
        self._grace = grace
        self._successors.clear()
        self._review_soon()
        graces = (n.workload.stop_grace if grace is None else grace for n in self._nodes.values())
        return sum(graces)

    def _all(self, names: Sequence[str]) -> list[SandboxNode]:
        return [self.get(name) for name in names]

    def _want(self, name: str, replica: int, workload: Workload, anew: bool) -> None:
        node = self._nodes.get(name)
        if node is None:
            self._create(name, replica, workload)
        elif anew or name in self._leaving:
            self._renew(node, workload)
        elif name in self._successors or node.is_stopping:
            self._halting.pop(name, None)
            self._successors[name] = workload
        else:
            self._halting.pop(name, None)
            node.workload = workload
            if node.is_at_rest:
                node.expect_start()
                self._context.loop.soon(lambda: self._start(node, "it had ended"))

    def _create(self, name: str, replica: int, workload: Workload) -> None:
        node = SandboxNode(name, replica, workload, self._context, self._on_change)
        self._nodes[name] = node
        self._context.loop.soon(lambda: self._start(node, "it is new"))

    def _renew(self, node: SandboxNode, workload: Workload, grace: float | None = None) -> None:
        self._leaving.discard(node.name)
        self._halting.pop(node.name, None)
        self._successors[node.name] = workload
        node.stop(grace)
        if node.life is None:
            self._on_change(node)

    def _remove(self, name: str) -> None:
        node = self._nodes[name]
        self._successors.pop(name, None)
        self._halting.pop(name, None)
        self._leaving.add(name)
        node.stop()
        if node.life is None:
            self._on_change(node)

    def _start(self, node: SandboxNode, cause: str) -> None:
        current = self._nodes.get(node.name) is node
        if current and node.is_at_rest and not self._when_stopped:
            node.start(cause)

    def _on_change(self, node: SandboxNode) -> None:
        if node.life is None:
            self._follow(node)
        self._review_soon()

    def _review_soon(self) -> None:
        """Debounced, once a turn: to go through all nodes for each that changed is quadratic."""
        if not self._is_review_due:
            self._is_review_due = True
            self._context.loop.soon(self._review)

    def _review(self) -> None:
        self._is_review_due = False
        if self._when_stopped:
            self._stop_next()
        else:
            self._release()
            self._halt_next()

    def _follow(self, node: SandboxNode) -> None:
        """A life ended, or there was none: what was waiting for that comes now."""
        if node.name in self._leaving:
            self._leaving.discard(node.name)
            del self._nodes[node.name]
            node.remove_files()
            self._context.changed(True)
        elif node.name in self._successors:
            node.become(self._successors.pop(node.name))
            self._context.loop.soon(lambda: self._start(node, "it is begun anew"))

    def _write_hosts(self, heads: Mapping[str, str], common: str) -> None:
        try:
            for name, head in heads.items():
                if name in self._nodes:
                    self._nodes[name].write_hosts(head + common)
        except OSError as error:
            raise SandboxError(f"cannot write {error.filename}: {error.strerror}") from error

    def _release(self) -> None:
        held = [node for node in self._nodes.values() if node.life and node.life.is_held]
        known, started = self._services() if any(n.workload.depends_on for n in held) else ((), ())
        for node in held:
            if node.life and not awaited(node.workload, known, started):
                node.life.release()

    def _services(self) -> tuple[set[str], set[str]]:
        """All owners, and those of whom every node has started its process."""
        nodes = self._nodes.values()
        known = {node.workload.owner.name for node in nodes}
        return known, known - {n.workload.owner.name for n in nodes if not n.has_started}

    def _stop_next(self) -> None:
        alive = _stop_in_order(dict.fromkeys(self._nodes.values(), self._grace))
        if not alive and self._when_stopped:
            self._when_stopped()

    def _halt_next(self) -> None:
        graces = {self._nodes[name]: grace for name, grace in self._halting.items()}
        alive = _stop_in_order(graces)
        self._halting = {node.name: graces[node] for node in alive}


def _stop_in_order(graces: Mapping[SandboxNode, float | None]) -> list[SandboxNode]:
    """Stop those on which no other living one of them depends, each with its grace; all that live
    still. One that has no life begins none."""
    alive = []
    for node in graces:
        if node.life:
            alive.append(node)
        else:
            node.stop()
    owners = {node.workload.owner.name for node in alive}
    now = stoppable((node.workload for node in alive), owners)
    for node in alive:
        if node.workload.owner.name in now and not node.is_stopping:
            node.stop(graces[node])
    return alive
