"""The topology from files, where a user writes the network service by hand.

They lie in that service's own container, and are read once: an edit is for its next start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from conlink_compose.compose.locate import Request, normalized
from conlink_compose.diagnostics import has_errors, render
from conlink_compose.kernel.ovs.datapath import is_loaded
from conlink_compose.kernel.ovs.programs import are_here
from conlink_compose.reading import read_network
from conlink_compose.reconcile.settled import settled
from conlink_compose.reconcile.support import unsupported
from conlink_compose.topology import Topology


def read_files(files: Sequence[str], project: str, *, containers_outside: bool) -> Topology | None:
    """What `files` declare, the later over the earlier, variables filled in from this environment.

    None where they have mistakes; all that there is to say is on stderr. The services of every
    profile count: which of them run is seen.
    """
    reading = read_network(
        Request(
            environ=dict(os.environ),
            working_directory=str(Path.cwd()),
            files=tuple(files),
            project_name=normalized(project),
            profiles=("*",),
            containers_outside=containers_outside,
        )
    )
    found = list(reading.diagnostics)
    found += unsupported(reading.topology) if reading.topology else ()
    for diagnostic in found:
        print(render(diagnostic, reading.sources), file=sys.stderr)
    if reading.topology is None or has_errors(found):
        return None
    return settled(reading.topology, has_ovs=is_loaded() and are_here())
