"""`conlink-compose kill`"""

from __future__ import annotations

from typing import Annotated

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.arguments import Nodes
from conlink_compose.cli.named import named
from conlink_compose.cli.project import end, nodes_named, with_processes


def kill(
    context: typer.Context,
    names: Nodes = None,
    signal: Annotated[str, typer.Option("-s", "--signal", help="Its name or number.")] = "SIGKILL",
) -> None:
    """Send a signal to the processes of nodes. What SIGKILL ends is not restarted.

    \b
    Examples:
      conlink-compose kill r1
      conlink-compose kill -s SIGHUP r1
    """
    from conlink_compose.workloads.process import signal_number

    number = signal_number(signal)
    if number is None:
        end(f"--signal takes the name or number of a signal; this is `{signal}`", exit_status.USAGE)
    project, processes = with_processes(context)
    chosen = nodes_named(project.nodes(), names or ())
    alive = [status.name for status in chosen if status.state not in ("exited", "failed")]
    if not alive:
        end(f"nothing runs in {named(status.name for status in chosen)}", exit_status.MISTAKES)
    processes.kill(alive, number)
    console.say(f"killed {named(alive)} with {signal}")
