"""`conlink-compose exec`"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from conlink_compose.cli.project import node_named, with_processes


def exec_in_node(
    context: typer.Context,
    node: Annotated[str, typer.Argument(help="A node, a host or a service.")],
    command: Annotated[list[str], typer.Argument(help="The program and its arguments.")],
    index: Annotated[int | None, typer.Option(help="Which replica of a service.")] = None,
    env: Annotated[list[str] | None, typer.Option("-e", "--env", help="KEY=VALUE")] = None,
    workdir: Annotated[str | None, typer.Option("-w", "--workdir", help="Where it starts.")] = None,
    no_tty: Annotated[
        bool, typer.Option("-T", "--no-tty", help="As in Compose; the terminal passes through.")
    ] = False,
) -> None:
    """Run a program in a node, on this terminal. Its exit status is this one's.

    \b
    Examples:
      conlink-compose exec h1 ping -c1 10.0.0.100
      conlink-compose exec --index 2 node ip -br address
      conlink-compose exec r1 sh
    """
    del no_tty
    project, processes = with_processes(context)
    found = node_named(project.nodes(), node, index)
    environment = {**_terminal(), **_pairs(env or [])}
    raise typer.Exit(processes.run_in(found.name, command, environment, workdir))


def _terminal() -> dict[str, str]:
    """The terminal is the caller's, so its kind is too."""
    return {"TERM": os.environ["TERM"]} if "TERM" in os.environ else {}


def _pairs(words: list[str]) -> dict[str, str]:
    """KEY=VALUE; KEY alone takes the caller's value, as in Compose."""
    split = (word.partition("=") for word in words)
    return {key: value if is_set else os.environ.get(key, "") for key, is_set, value in split}
