"""`conlink-compose ps`"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from conlink_compose.cli import console
from conlink_compose.cli.form import TableForm
from conlink_compose.cli.network_table import combine, network_table
from conlink_compose.cli.project import nodes_named, running


def ps(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NODE]...")] = None,
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
    network = project.ask("network")
    nodes = combine(nodes_named(project.nodes(), names or ()), network)
    if form is TableForm.JSON:
        console.out(json.dumps(nodes, indent=2))
        return
    console.out(network_table(nodes))
    for node in nodes:
        if node["problem"]:
            console.complain(node["problem"])
    for problem in network["problems"]:
        console.complain(console.sentence(problem))
