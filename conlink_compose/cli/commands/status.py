"""`conlink-compose status`"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from conlink_compose.cli import console, streams
from conlink_compose.cli.arguments import Nodes
from conlink_compose.cli.form import TableForm
from conlink_compose.cli.network_table import all_statuses, combine, network_table
from conlink_compose.cli.project import nodes_named, running

if TYPE_CHECKING:
    from conlink_compose.engines import Project

PAUSE = 1.0
"""Seconds between two looks of `--watch`."""


def status(
    context: typer.Context,
    names: Nodes = None,
    form: Annotated[
        TableForm, typer.Option("--format", help="For people or programs.")
    ] = TableForm.TABLE,
    watch: Annotated[bool, typer.Option("--watch", help="Again and again, until Ctrl-C.")] = False,
) -> None:
    """Show who is wired to what, as it is in the kernel now.

    \b
    Examples:
      conlink-compose status
      conlink-compose status --watch web
      conlink-compose status --format json | jq '.[].interfaces'
    """
    project = running(context)
    show(project, names or [], form)
    while watch and streams.is_read():
        time.sleep(PAUSE)
        if form is TableForm.TABLE:
            console.clear()
        show(project, names or [], form)


def show(project: Project, names: list[str], form: TableForm) -> None:
    """The nodes that are called so, all where no name is, and what stands in the way."""
    network = project.ask("network")
    nodes: list[dict[str, Any]] = combine(
        nodes_named(all_statuses(project.nodes(), network), names), network
    )
    if form is TableForm.JSON:
        console.out(json.dumps(nodes, indent=2))
        return
    console.out(network_table(nodes, console.columns()))
    for node in nodes:
        if node["problem"]:
            console.complain(node["problem"])
    for problem in network["problems"]:
        console.complain(console.sentence(problem))
