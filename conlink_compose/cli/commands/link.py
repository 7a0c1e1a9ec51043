"""`conlink-compose link`"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from conlink_compose.cli import console
from conlink_compose.cli.override import NodeDev, ask


class Wish(StrEnum):
    """How it shall be."""

    UP = "up"
    DOWN = "down"


def link(
    context: typer.Context,
    where: NodeDev,
    wish: Annotated[Wish, typer.Argument(metavar="up|down")],
) -> None:
    """Pull a link's plug, or put it in again; both its ends lose their carrier.

    It stays so, whatever becomes of the runtime, until `reset`, or the next `up`, brings back what
    the files say. `status` shows what differs from them.

    \b
    Examples:
      conlink-compose link r1:eth0 down
      conlink-compose link r1:eth0 up
    """
    from conlink_compose.reconcile.override import Override

    ask(context, where, Override(up=wish is Wish.UP))
    console.say(f"{where} is {wish.value}")
