"""Asking something of one interface that runs, over what the files say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.project import end, node_named, running

if TYPE_CHECKING:
    from conlink_compose.engines import Project
    from conlink_compose.reconcile.override import Override

NodeDev = Annotated[str, typer.Argument(metavar="NODE:DEV", help="An interface, as `r1:eth0`.")]


def ask(context: typer.Context, where: str, override: Override | None) -> None:
    """Have the runtime obey, and say so. None takes back what was asked of it before."""
    from conlink_compose.reconcile.override import as_text

    project = running(context)
    node, dev = _interface(project, where)
    asked = as_text(override) if override else None
    _show_problems(project.ask("override", node=node, dev=dev, override=asked))


def reset_all(context: typer.Context) -> None:
    """Take back all that was asked of any interface."""
    _show_problems(running(context).ask("converge", reset=True))


def _interface(project: Project, where: str) -> tuple[str, str]:
    """The node's own name and the interface's; else a sentence and the end."""
    from conlink_compose.cli.network_table import all_statuses

    name, colon, dev = where.partition(":")
    if not (name and colon and dev):
        end(f"this takes NODE:DEV, as in r1:eth0; this is `{where}`", exit_status.USAGE)
    statuses = all_statuses(project.nodes(), project.ask("network"))
    return node_named(statuses, name).name, dev


def _show_problems(progress: dict[str, Any]) -> None:
    for problem in progress["problems"]:
        console.complain(console.sentence(problem))
    if progress["problems"]:
        raise typer.Exit(exit_status.MISTAKES)
