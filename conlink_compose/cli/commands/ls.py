"""`conlink-compose ls`"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import options_of
from conlink_compose.cli.form import TableForm
from conlink_compose.cli.project import end
from conlink_compose.cli.table import table

if TYPE_CHECKING:
    from conlink_compose.engines import Project


def ls(
    context: typer.Context,
    every: Annotated[
        bool, typer.Option("-a", "--all", help="Those too in which nothing runs.")
    ] = False,
    form: Annotated[
        TableForm, typer.Option("--format", help="For people or programs.")
    ] = TableForm.TABLE,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only the names.")] = False,
) -> None:
    """List your projects.

    \b
    Examples:
      conlink-compose ls
      conlink-compose ls -q | xargs -n1 -I{} conlink-compose -p {} down
    """
    from conlink_compose.engines import open_projects

    engine = options_of(context).engine
    projects = open_projects(engine)
    if projects is None:
        end(f"the engine {engine} lists no projects", exit_status.USAGE)
    found = [(project.name, status) for project in projects if (status := _status(project, every))]
    if quiet:
        for name, _ in found:
            console.out(name)
    elif form is TableForm.JSON:
        console.out(json.dumps([{"Name": name, "Status": status} for name, status in found]))
    else:
        console.out(table(("NAME", "STATUS"), found))


def _status(project: Project, every: bool) -> str:
    """`running(3), exited(1)`, as Compose has it; empty where it is not to be listed."""
    from conlink_compose.engines import EngineRefusedError, EngineUnreachableError

    try:
        states = Counter(status.state for status in project.nodes())
    except (EngineUnreachableError, EngineRefusedError):
        return "does not answer; `down` removes it" if every else ""
    if not every and not set(states) - {"exited", "failed"}:
        return ""
    return ", ".join(f"{state}({count})" for state, count in sorted(states.items())) or "empty"
