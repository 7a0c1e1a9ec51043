"""`conlink-compose plan`"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import Declared, declared
from conlink_compose.cli.form import Form

_COLOURS = {"add": "green", "remove": "red"}


def plan(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="For people or programs.")] = Form.TEXT,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 4 where there is something to do.")
    ] = False,
) -> None:
    """Show what `up` would do to the network, each step with its cause. Touches nothing.

    \b
    Examples:
      conlink-compose plan
      conlink-compose plan --format json | jq '.operations[].object'
    """
    project = declared(context, to_bring_up=True)
    found = _of_running(project) or _of_nothing(project)
    operations: list[dict[str, Any]] = found["operations"]
    if form is Form.JSON:
        import json

        console.out(json.dumps(found, indent=2))
    else:
        lines = [_painted(operation) for operation in operations]
        console.out("\n".join(lines) or f"{project.topology.project}: nothing to do")
        for problem in found["problems"]:
            console.complain(console.sentence(problem))
    if exit_code and operations:
        raise typer.Exit(exit_status.CHANGES)


def _of_running(project: Declared) -> dict[str, Any] | None:
    """What the project's runtime answers; None where the project is not up."""
    from conlink_compose.engines.sandbox.client.control import Control
    from conlink_compose.engines.sandbox.client.start import answers
    from conlink_compose.engines.sandbox.folder import state_folder
    from conlink_compose.runtime.client import ask
    from conlink_compose.topology_json import dump

    folder = state_folder(project.topology.project)
    if not answers(folder):
        return None
    found = ask(folder, verb="plan", topology=dump(project.topology))
    nodes = Control(folder).foresee(project.reading.workloads)
    operations = [
        *_on_nodes("add", nodes.created, "is declared"),
        *_on_nodes("restart", nodes.recreated, "is declared anew, and its links are made again"),
        *_on_nodes("start", nodes.started, "has ended"),
        *found["operations"],
        *_on_nodes("remove", nodes.removed, "is no longer declared"),
    ]
    return {**found, "operations": operations}


def _on_nodes(verb: str, names: Iterable[str], cause: str) -> Iterator[dict[str, Any]]:
    for name in names:
        yield {
            "verb": verb,
            "object": {"kind": "node", "name": name},
            "cause": cause,
            "span": None,
            "text": f"{verb:<7} node {name}   # {cause}",
        }


def _painted(operation: dict[str, Any]) -> str:
    verb, text = str(operation["verb"]), str(operation["text"])
    return console.colour(verb, _COLOURS.get(verb, "yellow")) + text.removeprefix(verb)


def _of_nothing(project: Declared) -> dict[str, Any]:
    """What there is to do on an empty machine, as if every declared node ran."""
    from conlink_compose.reconcile.bind import bind
    from conlink_compose.reconcile.operation_json import as_dict
    from conlink_compose.reconcile.plan import plan as plan_state
    from conlink_compose.state import State

    nodes = tuple(project.topology.foreseen())
    planned = plan_state(bind(project.topology, nodes).state, State())
    added = _on_nodes("add", (node.name for node in nodes), "is declared")
    links = map(as_dict, planned.on_links)
    return {"operations": [*added, *links], "problems": []}
