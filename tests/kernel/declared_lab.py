"""A network as a user declares it, brought up in a lab: read, bound, planned and applied, and
looked at again, as the runtime does it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from conlink_compose.compose.locate import Request
from conlink_compose.reading import read
from conlink_compose.reconcile.bind import Binding, bind, needed_kinds
from conlink_compose.reconcile.plan import plan
from conlink_compose.reconcile.settled import with_checksums
from conlink_compose.reconcile.sought import sought
from conlink_compose.reconcile.status import InterfaceStatus, status
from conlink_compose.topology import Node, Topology
from tests.kernel.lab import PROJECT, Lab
from tests.plan_text import describe_plan


def topology_of(text: str) -> Topology:
    """Of a compose file whose nodes are hosts."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "compose.yaml").write_text(text)
        request = Request(
            files=("compose.yaml",), project_name=PROJECT, environ={}, working_directory=folder
        )
        found = read(request)
    assert found.topology, [diagnostic.message for diagnostic in found.diagnostics]
    return found.topology


def bound(lab: Lab, text: str) -> Binding:
    return _bound(lab, topology_of(text))


def _bound(lab: Lab, topology: Topology) -> Binding:
    missing = lab.kernel.missing_kinds(needed_kinds(topology))
    return bind(with_checksums(topology, missing), nodes_of(lab, topology), missing)


def nodes_of(lab: Lab, topology: Topology) -> list[Node]:
    return [node for node in topology.foreseen() if node.name in lab.fds]


def steps(lab: Lab, text: str) -> str:
    """What is to be done for it now, as `plan` says it."""
    return describe_plan(plan(bound(lab, text).state, lab.observe().state).on_links)


def conflicts(lab: Lab, text: str) -> list[str]:
    """What stands in its way."""
    found = plan(bound(lab, text).state, lab.observe().state).conflicts
    return [diagnostic.message for diagnostic in found]


def bring_up(lab: Lab, text: str) -> str:
    """Until nothing is left to do. Every step, as `plan` says it; nothing may be refused."""
    topology = topology_of(text)
    desired = _bound(lab, topology).state
    where = sought(topology, nodes_of(lab, topology))
    done = ""
    for _ in range(4):
        found = plan(desired, lab.observe(where).state)
        assert not found.conflicts
        if not found.plan:
            return done
        done += describe_plan(found.on_links)
        assert lab.kernel.apply(found.plan) == ()
    raise AssertionError(f"this is left to do: {describe_plan(found.plan)}")


def states(lab: Lab, text: str) -> dict[str, str]:
    """How `status` says that each node's eth0 is."""
    return {name: interface.state for name, interface in _eth0s(lab, text).items()}


def joined(lab: Lab, text: str) -> dict[str, str]:
    """What `status` says that each node's eth0 is joined to."""
    return {name: interface.peer for name, interface in _eth0s(lab, text).items()}


def _eth0s(lab: Lab, text: str) -> dict[str, InterfaceStatus]:
    binding = bound(lab, text)
    topology = topology_of(text)
    nodes = nodes_of(lab, topology)
    return {
        node.name: interface
        for node in status(nodes, binding, lab.observe().state)
        for interface in node.interfaces
        if interface.name == "eth0"
    }
