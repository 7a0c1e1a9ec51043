"""What an `apply` means for the nodes there are. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from conlink_compose.engines import Changes
from conlink_compose.engines.sandbox.workload_json import same_process
from conlink_compose.topology import Service
from conlink_compose.workload import Workload


def nodes_of(workload: Workload) -> tuple[str, ...]:
    """Its nodes' names, replica 1 first."""
    return Service(workload.owner, workload.replicas).node_names()


def decide(
    present: Mapping[str, Workload],
    wanted: Sequence[Workload],
    remove_orphans: bool,
    recreate: Collection[str],
    at_rest: Collection[str] = (),
) -> Changes:
    """`present` maps each node's name to its workload. `recreate` names nodes or owners, `at_rest`
    the nodes whose process has ended for good: each is started again, as in Compose.

    A service that is no longer declared is an orphan, as in Compose; a host has no life outside
    the file, and goes.
    """
    by_name = {name: workload for workload in wanted for name in nodes_of(workload)}
    owners = {workload.owner for workload in wanted}
    gone = [name for name in present if name not in by_name]
    orphans = [
        name
        for name in gone
        if present[name].owner not in owners
        and present[name].owner.kind != "host"
        and not remove_orphans
    ]
    anew = [
        name
        for name, workload in by_name.items()
        if name in present
        and (
            not same_process(present[name], workload)
            or name in recreate
            or workload.owner.name in recreate
        )
    ]
    return Changes(
        create=tuple(name for name in by_name if name not in present),
        recreate=tuple(anew),
        start=tuple(name for name in by_name if name in at_rest and name not in anew),
        remove=tuple(name for name in gone if name not in orphans),
        orphans=tuple(orphans),
    )
