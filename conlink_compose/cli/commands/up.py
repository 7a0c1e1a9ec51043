"""`conlink-compose up`"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.attach import follow_until_stopped
from conlink_compose.cli.context import Options, options_of, read_to_bring_up
from conlink_compose.cli.outcome import show_outcome
from conlink_compose.cli.seconds import seconds
from conlink_compose.cli.wanted import wanted
from conlink_compose.cli.wiring import wait_until_settled


def up(
    context: typer.Context,
    detach: Annotated[bool, typer.Option("-d", "--detach", help="Return when it stands.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="As -d, and every command has ended as well.")
    ] = False,
    wait_timeout: Annotated[
        float, typer.Option(parser=seconds, help="Of waiting for what does not come up.")
    ] = 60.0,
    remove_orphans: Annotated[
        bool, typer.Option(help="Stop services that are no longer in the files.")
    ] = False,
    force_recreate: Annotated[bool, typer.Option(help="Begin every node anew.")] = False,
    no_log_prefix: Annotated[
        bool, typer.Option("--no-log-prefix", help="Output without the nodes' names.")
    ] = False,
) -> None:
    """Bring the network up, or change what runs into what the files say now.

    Every node gets its interfaces before its process starts. Run it again after an edit: only
    what differs is touched. Without -d it shows the nodes' output, and Ctrl-C takes all down.

    \b
    Examples:
      conlink-compose up
      conlink-compose -f examples/test1-compose.yaml up -d --wait
    """
    began = time.monotonic()
    options = options_of(context)
    _tell_engine(options)
    declared = read_to_bring_up(options)
    project = declared.project
    want = wanted(declared, remove_orphans=remove_orphans, force_recreate=force_recreate)
    _tell_orphans(project.up(want).orphans)
    wiring = wait_until_settled(project, wait_timeout, commands=wait)
    show_outcome(project, wiring, time.monotonic() - began)
    if project.processes and not (detach or wait):
        follow_until_stopped(project, project.processes, prefix=not no_log_prefix)
    if not wiring.settled:
        raise typer.Exit(exit_status.MISTAKES)


def _tell_engine(options: Options) -> None:
    if options.engine == "sandbox" and not options.engine_was_chosen:
        console.say("there is no Docker on this machine, so the sandbox runs the nodes")


def _tell_orphans(names: Sequence[str]) -> None:
    if names:
        console.say(
            f"left running, though no longer in the files: {', '.join(names)} "
            "(--remove-orphans stops them)"
        )
