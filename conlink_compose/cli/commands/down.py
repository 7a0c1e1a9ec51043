"""`conlink-compose down`"""

from __future__ import annotations

import typer

from conlink_compose.cli import console
from conlink_compose.cli.arguments import Grace
from conlink_compose.cli.context import options_of, project_of
from conlink_compose.cli.project import lifecycle_of


def down(
    context: typer.Context,
    timeout: Grace = None,
) -> None:
    """Stop and remove everything of the project; also after a crash or a kill -9.

    \b
    Examples:
      conlink-compose down
      conlink-compose -p lab down -t 0
    """
    project = project_of(options_of(context))
    was_up = lifecycle_of(context, project).down(timeout)
    console.say(
        f"{project.name} is down" if was_up else f"{project.name} was not up; nothing to do"
    )
