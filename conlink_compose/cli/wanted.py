"""What an engine is asked to make of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conlink_compose.cli.context import Declared

if TYPE_CHECKING:
    from conlink_compose.engines import Wanted


def wanted(
    declared: Declared, *, remove_orphans: bool = False, force_recreate: bool = False
) -> Wanted:
    """What is declared, as `up` and `plan` hand it over."""
    from conlink_compose.engines import Wanted
    from conlink_compose.reconcile.hosts_file import HostsFiles, hosts_files
    from conlink_compose.topology_json import dump

    topology = declared.topology
    hosts = hosts_files(topology) if topology.runtime.names else HostsFiles({}, "")
    anew = [service.owner.name for service in topology.services] if force_recreate else []
    return Wanted(
        declared.reading.workloads,
        hosts.heads,
        hosts_common=hosts.common,
        declaration=dump(topology),
        remove_orphans=remove_orphans,
        recreate=anew,
        log_level=topology.runtime.log_level,
    )
