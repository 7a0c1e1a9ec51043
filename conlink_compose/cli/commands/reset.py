"""`conlink-compose reset`"""

from __future__ import annotations

from typing import Annotated

import typer

from conlink_compose.cli import console
from conlink_compose.cli.override import ask, reset_all


def reset(
    context: typer.Context,
    where: Annotated[
        list[str] | None, typer.Argument(metavar="[NODE:DEV]...", help="All where none is named.")
    ] = None,
) -> None:
    """Bring back what the files say of an interface, after `link` and `netem`.

    \b
    Examples:
      conlink-compose reset
      conlink-compose reset r1:eth0
    """
    for one in where or ():
        ask(context, one, None)
    if not where:
        reset_all(context)
    console.say(f"{', '.join(where or ()) or 'all interfaces'}: as the files say")
