"""`conlink-compose ps`"""

from __future__ import annotations

from typing import Annotated

import typer

from conlink_compose.cli import console
from conlink_compose.cli.arguments import Nodes
from conlink_compose.cli.commands.status import show
from conlink_compose.cli.form import TableForm
from conlink_compose.cli.project import nodes_named, running


def ps(
    context: typer.Context,
    names: Nodes = None,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="Only the names of those that run.")
    ] = False,
    services: Annotated[bool, typer.Option(help="Only the names of services and hosts.")] = False,
    every: Annotated[
        bool, typer.Option("-a", "--all", help="With -q and --services those too that have ended.")
    ] = False,
    form: Annotated[
        TableForm, typer.Option("--format", help="For people or programs.")
    ] = TableForm.TABLE,
) -> None:
    """Show the nodes: what runs, and who is wired to what, as it is in the kernel now.

    \b
    Examples:
      conlink-compose ps
      conlink-compose ps --format json | jq '.[].interfaces'
    """
    project = running(context)
    if not (quiet or services):
        show(project, names or [], form)
        return
    chosen = [
        status
        for status in nodes_named(project.nodes(), names or ())
        if every or status.state not in ("exited", "failed")
    ]
    words = [status.owner.name if services else status.name for status in chosen]
    for word in dict.fromkeys(words):
        console.out(word)
