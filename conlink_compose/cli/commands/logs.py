"""`conlink-compose logs`"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Annotated

import typer

from conlink_compose.cli import exit_status
from conlink_compose.cli.arguments import Nodes
from conlink_compose.cli.log_lines import LogPrinter, NobodyReadsError
from conlink_compose.cli.moment import moment
from conlink_compose.cli.project import end, nodes_named, with_processes


def logs(
    context: typer.Context,
    names: Nodes = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on as they come.")] = False,
    tail: Annotated[
        str, typer.Option("-n", "--tail", help="The last N lines of each, or all.")
    ] = "all",
    since: Annotated[
        str | None, typer.Option(help="Lines after a moment: 42m ago, or 2026-01-31T12:00:00Z.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Lines before a moment.")] = None,
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
      conlink-compose logs --since 5m
    """
    if tail != "all" and not tail.isdigit():
        end(f"--tail takes a number or `all`; this is `{tail}`", exit_status.USAGE)
    after, before = _moment("--since", since) or "", _moment("--until", until)
    project, processes = with_processes(context)
    statuses = project.nodes()
    chosen = [status.name for status in nodes_named(statuses, names or ())]
    printer = LogPrinter([s.name for s in statuses], prefix=not no_log_prefix, times=timestamps)
    wanted = chosen if names else ()
    last = None if tail == "all" else int(tail)
    with contextlib.suppress(NobodyReadsError):
        for line in processes.logs(follow=follow, tail=last, nodes=wanted):
            if before and line.time > before:
                break
            if line.time >= after:
                printer.show(line)


def _moment(option: str, text: str | None) -> str | None:
    found = moment(text, datetime.now(UTC)) if text else None
    if text and found is None:
        end(f"{option} takes a time, or how long ago (`42m`); this is `{text}`", exit_status.USAGE)
    return found
