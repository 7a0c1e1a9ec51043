"""A project that is up, and its nodes by the names a user gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import options_of, project_of
from conlink_compose.cli.named import named

if TYPE_CHECKING:
    from conlink_compose.engines import Lifecycle, NodeStatus, Processes, Project


def running(context: typer.Context) -> Project:
    """The project that is meant, which is up; else a sentence and the end."""
    project = project_of(options_of(context))
    if not project.is_up():
        end(f"project {project.name} is not up; start it with `conlink-compose up`")
    return project


def lifecycle_of(context: typer.Context, project: Project) -> Lifecycle:
    """The project's, where the engine makes the nodes itself; else a sentence and the end."""
    return project.lifecycle or _end_elsewhere(context)


def with_processes(context: typer.Context) -> tuple[Project, Processes]:
    """The same, where the engine runs the processes itself; else a sentence and the end."""
    project = running(context)
    return project, project.processes or _end_elsewhere(context)


def nodes_named(statuses: Sequence[NodeStatus], names: Sequence[str]) -> list[NodeStatus]:
    """The nodes that are called so: by their own name, or all of a service. All where no name is.

    Ends with a sentence and a near name where there is none.
    """
    if not names:
        return list(statuses)
    return [status for name in names for status in _called(statuses, name)]


def node_named(statuses: Sequence[NodeStatus], name: str, replica: int | None = None) -> NodeStatus:
    """The one node that is called so; of a service that replica, or its first."""
    found = _called(statuses, name)
    replicas = [status.replica for status in found]
    if replica and replica not in replicas:
        end(f"{name} has no replica {replica}; it has {', '.join(map(str, replicas))}")
    return found[replicas.index(replica) if replica else 0]


def end(sentence: str, status: int = exit_status.NOT_UP) -> NoReturn:
    """Say what is wrong, and end the command."""
    console.complain(sentence)
    raise typer.Exit(status)


def _end_elsewhere(context: typer.Context) -> NoReturn:
    command, engine = context.info_name, options_of(context).engine
    end(f"with the engine {engine} `{command}` is that engine's own", exit_status.USAGE)


def _called(statuses: Sequence[NodeStatus], name: str) -> list[NodeStatus]:
    found = [status for status in statuses if status.owner.name == name]
    found = found or [status for status in statuses if status.name == name]
    if not found:
        from difflib import get_close_matches

        known = sorted({word for status in statuses for word in (status.name, status.owner.name)})
        near = get_close_matches(name, known, 1)
        advice = f"; did you mean {near[0]}?" if near else f"; there are {named(known)}"
        end(f"there is no node {name}{advice}")
    return found
