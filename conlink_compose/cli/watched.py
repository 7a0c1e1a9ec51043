"""Whom `up` waits for, and judges in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conlink_compose.cli.context import Declared
    from conlink_compose.engines import Project
    from conlink_compose.topology import Owner


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked after: the project, whose nodes are to run, and those of them that have a
    program of their own, and do not idle."""

    project: Project
    owners: frozenset[Owner]
    programs: frozenset[Owner]


def watched(declared: Declared, names: Sequence[str] = ()) -> Watched:
    """All that is declared, or the services called `names`. What is no longer declared may do as
    it likes."""
    owners = (service.owner for service in declared.topology.services)
    programs = (work.owner for work in declared.reading.workloads if work.argv)
    chosen = frozenset(owner for owner in owners if not names or owner.name in names)
    return Watched(declared.project, chosen, chosen & frozenset(programs))
