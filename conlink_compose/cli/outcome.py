"""What `up` says in the end: the table, what is wrong, and one closing line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conlink_compose.cli import console
from conlink_compose.cli.alike import without_like_ones
from conlink_compose.cli.ended import failure
from conlink_compose.cli.network_table import all_statuses, combine, network_table
from conlink_compose.cli.wiring import Wiring

if TYPE_CHECKING:
    from conlink_compose.engines import Project

ROWS_SHOWN = 60
"""A larger network is told in one line; `status` shows all of it."""

JOBS_SHOWN = 3
"""More of them that have ended with 0 are told by their number."""


def show_outcome(project: Project, wiring: Wiring, seconds: float) -> None:
    """`seconds` is how long it took."""
    if wiring.links <= ROWS_SHOWN:
        network = project.ask("network")
        nodes = combine(all_statuses(project.nodes(), network), network)
        if any(node["interfaces"] for node in nodes):
            console.out(network_table(nodes, console.columns()))
    for problem in wiring.problems:
        console.complain(problem)
    for sentence in without_like_ones((one.name, failure(project, one)) for one in wiring.failed):
        console.complain(sentence)
    word = "up" if wiring.settled else "not all up"
    console.say(
        f"{project.name}: {word}: {wiring.ready} of {wiring.nodes} nodes, "
        f"{wiring.up} of {wiring.links} links in {seconds:.2f} s{_done(wiring)}"
    )


def _done(wiring: Wiring) -> str:
    """The jobs among the nodes, which explain what the counts lack."""
    jobs = [one for one in wiring.ended if not one.failed]
    if len(jobs) > JOBS_SHOWN:
        return f"; {len(jobs)} nodes have ended with 0"
    return "".join(f"; {job}" for job in jobs)
