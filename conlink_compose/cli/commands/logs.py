"""`conlink-compose logs`"""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from conlink_compose.cli.log_lines import LogPrinter, NobodyReadsError
from conlink_compose.cli.project import end, nodes_named, with_processes


def logs(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NODE]...")] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on as they come.")] = False,
    tail: Annotated[
        str, typer.Option("-n", "--tail", help="The last N lines of each, or all.")
    ] = "all",
    timestamps: Annotated[bool, typer.Option("-t", "--timestamps", help="With the time.")] = False,
    no_log_prefix: Annotated[
        bool, typer.Option("--no-log-prefix", help="Without the node's name.")
    ] = False,
) -> None:
    """Show what the nodes wrote.

    \b
    Examples:
      conlink-compose logs -f
      conlink-compose logs --tail 20 node2
    """
    if tail != "all" and not tail.isdigit():
        end(f"--tail takes a number or `all`; this is `{tail}`", 2)
    project, processes = with_processes(context)
    statuses = project.nodes()
    chosen = [status.name for status in nodes_named(statuses, names or ())]
    printer = LogPrinter([s.name for s in statuses], prefix=not no_log_prefix, times=timestamps)
    wanted = chosen if names else ()
    last = None if tail == "all" else int(tail)
    with contextlib.suppress(NobodyReadsError):
        for line in processes.logs(follow=follow, tail=last, nodes=wanted):
            printer.show(line)
