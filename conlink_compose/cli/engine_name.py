"""Which engine is meant."""

from __future__ import annotations

import os

import typer


def engine_of(given: str | None) -> str:
    """`--engine`, else `CONLINK_ENGINE`, else docker where there is one, else the sandbox.

    Raises typer.BadParameter where there is no such engine.
    """
    from conlink_compose.engines import names, usual

    name = given or os.environ.get("CONLINK_ENGINE") or usual(os.environ)
    if name not in ("docker", "sandbox") and name not in names():
        raise typer.BadParameter(f"--engine {name!r} is none of: {', '.join(names())}")
    return name
