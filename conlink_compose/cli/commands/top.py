"""`conlink-compose top`"""

from __future__ import annotations

import typer

from conlink_compose.cli import console
from conlink_compose.cli.arguments import Nodes
from conlink_compose.cli.project import nodes_named, with_processes
from conlink_compose.cli.table import cut, table

HEADS = ("NODE", "UID", "PID", "PPID", "TIME", "CMD")


def top(
    context: typer.Context,
    names: Nodes = None,
) -> None:
    """Show the processes of the nodes, by the numbers they have outside.

    \b
    Example:
      conlink-compose top r1
    """
    project, processes = with_processes(context)
    running = [status.name for status in nodes_named(project.nodes(), names or ()) if status.life]
    rows = [
        (one.node, str(one.uid), str(one.pid), str(one.ppid), _clock(one.seconds), one.command)
        for one in processes.top(running)
    ]
    console.out(cut(table(HEADS, rows), console.columns()))


def _clock(seconds: float) -> str:
    """As ps(1) shows the processor's time."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}"
