"""`conlink-compose restart`"""

from __future__ import annotations

import time

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.arguments import Grace, Nodes
from conlink_compose.cli.named import named
from conlink_compose.cli.project import nodes_named, with_processes
from conlink_compose.cli.wiring import wait_for_other_lives


def restart(
    context: typer.Context,
    names: Nodes = None,
    timeout: Grace = None,
) -> None:
    """Restart nodes: a new process in new namespaces, wired again before it starts.

    Returns when they are wired and their processes have begun.

    \b
    Example:
      conlink-compose restart r1
    """
    began = time.monotonic()
    project, processes = with_processes(context)
    chosen = nodes_named(project.nodes(), names or ())
    words = named(status.name for status in chosen)
    processes.restart([status.name for status in chosen], timeout)
    console.say(f"restarting {words}")
    problems = wait_for_other_lives(project, {status.name: status.life for status in chosen})
    for problem in problems:
        console.complain(problem)
    if problems:
        raise typer.Exit(exit_status.MISTAKES)
    console.say(f"restarted {words} in {time.monotonic() - began:.2f} s")
