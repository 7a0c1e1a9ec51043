"""What an engine is asked to make of a project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conlink_compose.cli.context import Declared
from conlink_compose.cli.selection import with_dependencies

if TYPE_CHECKING:
    from conlink_compose.engines import Wanted


@dataclass(frozen=True, slots=True)
class Order:
    """What the options of `up` say. `names` are the services that are meant, all where there are
    none."""

    names: tuple[str, ...] = ()
    with_dependencies: bool = True
    remove_orphans: bool = False
    force_recreate: bool = False


def wanted(declared: Declared, order: Order = Order()) -> Wanted:
    """What is declared, as `up` and `plan` hand it over."""
    from conlink_compose.engines import Wanted
    from conlink_compose.reconcile.hosts_file import HostsFiles, hosts_files
    from conlink_compose.topology_json import dump

    topology = declared.topology
    hosts = hosts_files(topology) if topology.runtime.names else HostsFiles({}, "")
    kept = _kept(declared, order)
    services = [service.owner.name for service in topology.services]
    meant = [name for name in services if name in order.names or not order.names]
    return Wanted(
        [
            replace(one, gate=topology.runtime.gate)
            for one in declared.reading.workloads
            if one.owner.name not in kept
        ],
        hosts.heads,
        hosts_common=hosts.common,
        declaration=dump(topology),
        remove_orphans=order.remove_orphans,
        recreate=meant if order.force_recreate else [],
        keep=kept,
        log_level=topology.runtime.log_level,
    )


def _kept(declared: Declared, order: Order) -> list[str]:
    """The services that are not meant, nor needed by one that is."""
    document = declared.reading.document
    if not order.names or document is None:
        return []
    meant = with_dependencies(declared, order.names) if order.with_dependencies else order.names
    return [name for name in document.names if name not in meant]
