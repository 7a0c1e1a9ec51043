"""What several commands take alike."""

from __future__ import annotations

from typing import Annotated

import typer

from conlink_compose.cli.seconds import seconds

Nodes = Annotated[list[str] | None, typer.Argument(metavar="[NODE]...")]
Grace = Annotated[
    float | None,
    typer.Option(
        *("-t", "--timeout"),
        parser=seconds,
        help="For each node to stop; else its stop_grace_period.",
    ),
]
WaitTimeout = Annotated[
    float, typer.Option(parser=seconds, help="Of waiting for what does not come up.")
]
NoDeps = Annotated[
    bool, typer.Option("--no-deps", help="Without what the named services depend on.")
]
