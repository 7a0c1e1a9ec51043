"""`conlink-compose stop`"""

from __future__ import annotations

import typer

from conlink_compose.cli import console
from conlink_compose.cli.arguments import Grace, Nodes
from conlink_compose.cli.named import named
from conlink_compose.cli.project import nodes_named, with_processes


def stop(
    context: typer.Context,
    names: Nodes = None,
    timeout: Grace = None,
) -> None:
    """Stop nodes; `start` or `up` begins them anew. The others, and the network, stay.

    \b
    Examples:
      conlink-compose stop
      conlink-compose stop -t 0 r1
    """
    project, processes = with_processes(context)
    chosen = [status.name for status in nodes_named(project.nodes(), names or ())]
    processes.stop(chosen, timeout)
    console.say(f"stopped {named(chosen)}")
