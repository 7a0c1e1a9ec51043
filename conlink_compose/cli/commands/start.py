"""`conlink-compose start`"""

from __future__ import annotations

from typing import Annotated

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.arguments import Nodes, WaitTimeout
from conlink_compose.cli.named import named
from conlink_compose.cli.project import nodes_named, with_processes
from conlink_compose.cli.wiring import wait_for_other_lives


def start(
    context: typer.Context,
    names: Nodes = None,
    wait_timeout: WaitTimeout = 60.0,
    wait: Annotated[bool, typer.Option("--wait", hidden=True)] = True,
) -> None:
    """Start nodes that have ended or were stopped, as they were; wired before their process starts.

    \b
    Example:
      conlink-compose start r1
    """
    del wait  # it always does
    project, processes = with_processes(context)
    chosen = [status.name for status in nodes_named(project.nodes(), names or ())]
    processes.start(chosen)
    problems = wait_for_other_lives(project, dict.fromkeys(chosen), wait_timeout)
    for problem in problems:
        console.complain(problem)
    if problems:
        raise typer.Exit(exit_status.MISTAKES)
    console.say(f"started {named(chosen)}")
