"""What `up` says in the end: the table, what is wrong, and one closing line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conlink_compose.cli import console
from conlink_compose.cli.network_table import all_statuses, combine, network_table
from conlink_compose.cli.wiring import Wiring

if TYPE_CHECKING:
    from conlink_compose.engines import Project

ROWS_SHOWN = 60
"""A larger network is told in one line; `status` shows all of it."""


def show_outcome(project: Project, wiring: Wiring, seconds: float) -> None:
    """`seconds` is how long it took."""
    if wiring.links <= ROWS_SHOWN:
        network = project.ask("network")
        nodes = combine(all_statuses(project.nodes(), network), network)
        if any(node["interfaces"] for node in nodes):
            console.out(network_table(nodes, console.columns()))
    for problem in wiring.problems:
        console.complain(problem)
    word = "up" if wiring.settled else "not all up"
    console.say(
        f"{project.name}: {word}: {wiring.ready} of {wiring.nodes} nodes, "
        f"{wiring.up} of {wiring.links} links in {seconds:.2f} s"
    )
