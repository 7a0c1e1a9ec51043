"""`conlink-compose up`"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, NamedTuple

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.arguments import NoDeps, WaitTimeout
from conlink_compose.cli.attach import follow_until_stopped
from conlink_compose.cli.context import Options, options_of
from conlink_compose.cli.named import named
from conlink_compose.cli.outcome import show_outcome
from conlink_compose.cli.project import lifecycle_of
from conlink_compose.cli.selection import read_selected, scales_of
from conlink_compose.cli.wanted import Order, wanted
from conlink_compose.cli.watched import watched
from conlink_compose.cli.wiring import wait_until_settled


def up(
    context: typer.Context,
    services: Annotated[list[str] | None, typer.Argument(metavar="[SERVICE]...")] = None,
    detach: Annotated[bool, typer.Option("-d", "--detach", help="Return when it stands.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="As -d, and every process goes on or has ended well.")
    ] = False,
    wait_timeout: WaitTimeout = 60.0,
    remove_orphans: Annotated[
        bool, typer.Option(help="Stop services that are no longer in the files.")
    ] = False,
    force_recreate: Annotated[bool, typer.Option(help="Begin every node anew.")] = False,
    scale: Annotated[
        list[str] | None,
        typer.Option(metavar="SERVICE=NUMBER", help="So many replicas; may be given again."),
    ] = None,
    no_deps: NoDeps = False,
    no_log_prefix: Annotated[
        bool, typer.Option("--no-log-prefix", help="Output without the nodes' names.")
    ] = False,
) -> None:
    """Bring the network up, or change what runs into what the files say now.

    Every node gets its interfaces before its process starts. Run it again after an edit: only
    what differs is touched. Where services are named, it is these and what they depend on. Without
    -d it shows the nodes' output, and Ctrl-C takes all down.

    \b
    Examples:
      conlink-compose up
      conlink-compose up -d --scale node=8
      conlink-compose up -d router
      conlink-compose -f examples/test1-compose.yaml up -d --wait
    """
    options = replace(options_of(context), scales=scales_of(scale or (), "--scale"))
    _tell_engine(options)
    order = Order(tuple(services or ()), not no_deps, remove_orphans, force_recreate)
    attached = not (detach or wait)
    watching = Watching(wait_timeout, wait, attached, prefix=not no_log_prefix)
    bring_up(context, options, order, watching)


class Watching(NamedTuple):
    """Seconds to wait for what does not come up, whether every program shall be steady as well, and
    whether to go on showing what the nodes write, with their names as `prefix`."""

    timeout: float
    steady: bool = False
    attached: bool = False
    prefix: bool = True


def bring_up(context: typer.Context, options: Options, order: Order, watching: Watching) -> None:
    """Make it so, wait until it stands, and show it. Else the mistakes, or what is wrong, and the
    end."""
    began = time.monotonic()
    declared = read_selected(options, order.names)
    project = declared.project
    lifecycle = lifecycle_of(context, project)
    _tell_orphans(lifecycle.up(wanted(declared, order)).orphans)
    wiring = wait_until_settled(
        watched(declared, order.names), watching.timeout, steady=watching.steady
    )
    show_outcome(project, wiring, time.monotonic() - began)
    if project.processes and watching.attached:
        follow_until_stopped(project, lifecycle, project.processes, prefix=watching.prefix)
    if not wiring.settled:
        raise typer.Exit(exit_status.MISTAKES)


def _tell_engine(options: Options) -> None:
    if options.engine == "sandbox" and not options.engine_was_chosen:
        console.say("there is no Docker on this machine, so the sandbox runs the nodes")


def _tell_orphans(names: Sequence[str]) -> None:
    if names:
        console.say(
            f"left running, though no longer in the files: {named(names)} "
            "(--remove-orphans stops them)"
        )
