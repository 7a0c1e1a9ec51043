"""`conlink-compose image`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conlink_compose.cli import console

image = typer.Typer(
    help="The image of the network service.", no_args_is_help=True, rich_markup_mode=None
)


@image.callback()
def _group() -> None:
    """With it `build` is a word of its own, though it is alone."""


@image.command()
def build(
    base: Annotated[
        str | None,
        typer.Option(help="A Debian or Ubuntu with Python 3.11. [debian:bookworm-slim]"),
    ] = None,
    packages: Annotated[
        Path | None,
        typer.Option(
            envvar="CONLINK_PACKAGES",
            show_envvar=False,
            help="A folder with debs/ and wheels/, which are then not fetched. [CONLINK_PACKAGES]",
        ),
    ] = None,
) -> None:
    """Build the image of the network service. `up` does it where the image is missing.

    \b
    Examples:
      conlink-compose image build
      conlink-compose image build --base registry.lan/debian:bookworm --packages ./packages
    """
    from conlink_compose.engines import open_project

    compose = open_project("docker", "").compose
    assert compose
    for line in compose.build_image(base, packages):
        console.out(line)
