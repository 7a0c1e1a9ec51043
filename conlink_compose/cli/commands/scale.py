"""`conlink-compose scale`"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from conlink_compose.cli.arguments import NoDeps, WaitTimeout
from conlink_compose.cli.commands.up import Watching, bring_up
from conlink_compose.cli.context import options_of
from conlink_compose.cli.selection import scales_of
from conlink_compose.cli.wanted import Order


def scale(
    context: typer.Context,
    counts: Annotated[list[str], typer.Argument(metavar="SERVICE=NUMBER...")],
    no_deps: NoDeps = False,
    wait_timeout: WaitTimeout = 60.0,
) -> None:
    """Run so many replicas of services, until the next `up` without `--scale`.

    \b
    Example:
      conlink-compose scale node=8
    """
    scales = scales_of(counts, "scale")
    names = tuple(name for name, _ in scales)
    options = replace(options_of(context), scales=scales)
    order = Order(names, with_dependencies=not no_deps)
    bring_up(context, options, order, Watching(wait_timeout))
