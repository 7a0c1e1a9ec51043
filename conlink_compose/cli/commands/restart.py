"""`conlink-compose restart`"""

from __future__ import annotations

from typing import Annotated

import typer

from conlink_compose.cli import console
from conlink_compose.cli.project import nodes_named, with_processes


def restart(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NODE]...")] = None,
) -> None:
    """Restart nodes: a new process in new namespaces, wired again before it starts.

    \b
    Example:
      conlink-compose restart r1
    """
    project, processes = with_processes(context)
    chosen = [status.name for status in nodes_named(project.nodes(), names or ())]
    processes.restart(chosen)
    console.say(f"restarting {', '.join(chosen)}")
