"""`conlink-compose ps`"""

from __future__ import annotations

from typing import Annotated

import typer

from conlink_compose.cli.commands.status import show
from conlink_compose.cli.form import TableForm
from conlink_compose.cli.project import running


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
    show(running(context), names or [], form)
