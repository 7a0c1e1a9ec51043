"""`conlink-compose plan`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import Declared, declared


def plan(
    context: typer.Context,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 4 where there is something to do.")
    ] = False,
) -> None:
    """Show what `up` would do to the network, each step with its cause. Touches nothing.

    \b
    Examples:
      conlink-compose plan
      conlink-compose plan --format json
    """
    project = declared(context, to_bring_up=True)
    found = _of_running(project) or _of_nothing(project)
    operations: list[str] = found["operations"]
    if form == "json":
        import json

        console.out(json.dumps(found, indent=2))
    else:
        console.out("\n".join(operations) or f"{project.topology.project}: nothing to do")
        for problem in found["problems"]:
            console.complain(problem["message"])
    if exit_code and operations:
        raise typer.Exit(exit_status.CHANGES)


def _of_running(project: Declared) -> dict[str, Any] | None:
    """What the project's runtime answers; None where the project is not up."""
    from conlink_compose.engines.sandbox.folder import state_folder
    from conlink_compose.engines.sandbox.start import answers
    from conlink_compose.runtime.client import ask
    from conlink_compose.topology_json import dump

    folder = state_folder(project.topology.project)
    if not answers(folder):
        return None
    return ask(folder / "runtime.sock", verb="plan", topology=dump(project.topology))


def _of_nothing(project: Declared) -> dict[str, Any]:
    """What there is to do on an empty machine, as if every declared node ran."""
    from conlink_compose.reconcile.bind import bind
    from conlink_compose.reconcile.plan import plan as plan_state
    from conlink_compose.reconcile.text import describe
    from conlink_compose.state import Ready, State
    from conlink_compose.topology import Node

    nodes = [
        Node(name, service.owner, index, netns="not yet")
        for service in project.topology.services
        for index, name in enumerate(service.node_names(), 1)
    ]
    operations = plan_state(bind(project.topology, nodes).state, State()).plan
    return {
        "operations": [describe(op) for op in operations if not isinstance(op.thing, Ready)],
        "problems": [],
    }
