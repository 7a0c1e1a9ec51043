"""`conlink-compose version`"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from conlink_compose import __version__
from conlink_compose.cli import console
from conlink_compose.cli.form import PrettyForm


def version(
    form: Annotated[
        PrettyForm, typer.Option("-f", "--format", help="For people or programs.")
    ] = PrettyForm.PRETTY,
    short: Annotated[bool, typer.Option("--short", help="The number alone.")] = False,
) -> None:
    """Print the version.

    \b
    Example:
      conlink-compose version --short
    """
    if form is PrettyForm.JSON:
        console.out(json.dumps({"version": __version__}))
    else:
        console.out(__version__ if short else f"conlink-compose {__version__}")
