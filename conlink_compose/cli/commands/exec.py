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
    user: Annotated[
        str | None, typer.Option("-u", "--user", help="Who runs it: NAME or UID, and :GROUP.")
    ] = None,
    detach: Annotated[
        bool, typer.Option("-d", "--detach", help="In the background; its output is lost.")
    ] = False,
    no_tty: Annotated[
        bool, typer.Option("-T", "--no-tty", help="As in Compose; the terminal passes through.")
    ] = False,
    interactive: Annotated[bool, typer.Option("-i", "--interactive", hidden=True)] = False,
    tty: Annotated[bool, typer.Option("-t", "--tty", hidden=True)] = False,
) -> None:
    """Run a program in a node, on this terminal. Its exit status is this one's.

    \b
    Examples:
      conlink-compose exec h1 ping -c1 10.0.0.100
      conlink-compose exec --index 2 node ip -br address
      conlink-compose exec r1 sh
      conlink-compose exec -d -u nobody r1 python3 -m http.server
    """
    from conlink_compose.engines import Command

    del no_tty, interactive, tty
    project, processes = with_processes(context)
    found = node_named(project.nodes(), node, index)
    environment = {**_terminal(), **_pairs(env or [])}
    wanted = Command(command, environment, workdir, user, detach)
    raise typer.Exit(processes.run_in(found.name, wanted))


def _terminal() -> dict[str, str]:
    """The terminal is the caller's, so its kind is too."""
    return {"TERM": os.environ["TERM"]} if "TERM" in os.environ else {}


def _pairs(words: list[str]) -> dict[str, str]:
    """KEY=VALUE; KEY alone takes the caller's value, as in Compose."""
    split = (word.partition("=") for word in words)
    return {key: value if is_set else os.environ.get(key, "") for key, is_set, value in split}
