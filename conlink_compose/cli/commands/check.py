"""`conlink-compose check`"""

from __future__ import annotations

from typing import Annotated

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import options_of, read
from conlink_compose.cli.form import Form
from conlink_compose.diagnostics import has_errors, in_file_order


def check(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="For people or programs.")] = Form.TEXT,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only the exit status.")] = False,
) -> None:
    """Check the files: every mistake at once, at its line.

    \b
    Examples:
      conlink-compose -f lab.yaml check
      conlink-compose check --format json | jq '.[].message'
    """
    reading = read(options_of(context))
    if form is Form.JSON:
        import json

        found = [diagnostic.as_dict() for diagnostic in in_file_order(reading.diagnostics)]
        console.out(json.dumps(found, indent=2))
    elif not quiet:
        console.show(reading.diagnostics, reading.sources)
    if has_errors(reading.diagnostics) or reading.topology is None:
        raise typer.Exit(exit_status.MISTAKES)
    if form is not Form.JSON and not quiet:
        topology = reading.topology
        nodes, links = topology.node_count(), topology.link_count()
        console.out(
            f"{topology.project}: {nodes} node{'s' * (nodes != 1)}, "
            f"{links} link{'s' * (links != 1)}, no mistakes"
        )
