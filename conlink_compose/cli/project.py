"""A project that is up: its supervisor, its runtime, and its nodes by the names a user gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import project_name

if TYPE_CHECKING:
    from conlink_compose.engines.sandbox.client.control import Control
    from conlink_compose.engines.sandbox.protocol import NodeStatus


def control_of(context: typer.Context) -> Control:
    """The supervisor of the project that is meant, or a sentence and the end."""
    from conlink_compose.engines.sandbox.client.control import Control
    from conlink_compose.engines.sandbox.client.start import answers
    from conlink_compose.engines.sandbox.folder import state_folder

    name = project_name(context)
    folder = state_folder(name)
    if not (folder.exists() and answers(folder)):
        end(f"project {name} is not up; start it with `conlink-compose up`")
    return Control(folder)


def nodes_named(statuses: Sequence[NodeStatus], names: Sequence[str]) -> list[NodeStatus]:
    """The nodes that are called so: by their own name, or all of a service. All where no name is.

    Ends with a sentence and a near name where there is none.
    """
    if not names:
        return list(statuses)
    return [status for name in names for status in _called(statuses, name)]


def node_named(statuses: Sequence[NodeStatus], name: str, index: int | None = None) -> NodeStatus:
    """The one node that is called so; of a service its replica `index`, or its first."""
    found = _called(statuses, name)
    numbers = [status.index for status in found]
    if index and index not in numbers:
        end(f"{name} has no replica {index}; it has {', '.join(map(str, numbers))}")
    return found[numbers.index(index) if index else 0]


def end(sentence: str, status: int = exit_status.NOT_UP) -> NoReturn:
    """Say what is wrong, and end the command."""
    console.complain(sentence)
    raise typer.Exit(status)


def _called(statuses: Sequence[NodeStatus], name: str) -> list[NodeStatus]:
    found = [status for status in statuses if status.owner[1] == name]
    found = found or [status for status in statuses if status.name == name]
    if not found:
        from difflib import get_close_matches

        known = sorted({word for status in statuses for word in (status.name, status.owner[1])})
        near = get_close_matches(name, known, 1)
        advice = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}"
        end(f"there is no node {name}{advice}")
    return found
