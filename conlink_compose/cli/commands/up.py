"""`conlink-compose up`"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.attach import follow_until_stopped
from conlink_compose.cli.context import Declared, declared
from conlink_compose.cli.network_table import combine, network_table
from conlink_compose.cli.wiring import Wiring, wait_until_settled

ROWS_SHOWN = 60
"""A larger network is told in one line; `ps` shows all of it."""


def up(
    context: typer.Context,
    detach: Annotated[bool, typer.Option("-d", "--detach", help="Return when it stands.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="As -d, and every command has ended as well.")
    ] = False,
    wait_timeout: Annotated[
        float, typer.Option(help="Seconds to wait for what does not come up.")
    ] = 60.0,
    remove_orphans: Annotated[
        bool, typer.Option(help="Stop services that are no longer in the files.")
    ] = False,
    force_recreate: Annotated[bool, typer.Option(help="Begin every node anew.")] = False,
    no_log_prefix: Annotated[
        bool, typer.Option("--no-log-prefix", help="Output without the nodes' names.")
    ] = False,
) -> None:
    """Bring the network up, or change what runs into what the files say now.

    Every node gets its interfaces before its process starts. Run it again after an edit: only
    what differs is touched. Without -d it shows the nodes' output, and Ctrl-C takes all down.

    \b
    Examples:
      conlink-compose up
      conlink-compose -f examples/test1-compose.yaml up -d --wait
    """
    from conlink_compose.engines.sandbox.client.control import Control

    began = time.monotonic()
    project = declared(context, to_bring_up=True)
    folder = _start(project, remove_orphans, force_recreate)
    control = Control(folder)
    attached = not (detach or wait)
    wiring = wait_until_settled(control, wait_timeout, commands=wait)
    _show(folder, project, wiring, time.monotonic() - began)
    if attached:
        follow_until_stopped(control, prefix=not no_log_prefix)
    if not wiring.settled:
        raise typer.Exit(exit_status.MISTAKES)


def _start(project: Declared, remove_orphans: bool, force_recreate: bool) -> Path:
    """Hand the project to its supervisor and its runtime. Returns the state folder."""
    from conlink_compose.engines.sandbox.client.control import Wanted
    from conlink_compose.engines.sandbox.client.up import up as bring_up
    from conlink_compose.engines.sandbox.folder import state_folder
    from conlink_compose.reconcile.hosts_file import HostsFiles, hosts_files
    from conlink_compose.topology_json import dump

    topology = project.topology
    hosts = hosts_files(topology) if topology.runtime.names else HostsFiles({}, "")
    anew = [service.owner.name for service in topology.services] if force_recreate else []
    wanted = Wanted(
        project.reading.workloads,
        hosts.heads,
        hosts_common=hosts.common,
        declaration=dump(topology),
        remove_orphans=remove_orphans,
        recreate=anew,
    )
    folder = state_folder(topology.project)
    runtime = [sys.executable, "-P", "-m", "conlink_compose.runtime", str(folder)]
    applied = bring_up(topology.project, runtime, wanted)
    if applied.orphans:
        console.say(
            f"left running, though no longer in the files: {', '.join(applied.orphans)} "
            "(--remove-orphans stops them)"
        )
    return folder


def _show(folder: Path, project: Declared, wiring: Wiring, seconds: float) -> None:
    from conlink_compose.engines.sandbox.client.control import Control
    from conlink_compose.runtime.client import ask

    if wiring.links <= ROWS_SHOWN:
        network = ask(folder, verb="network")
        nodes = combine(Control(folder).nodes(), network)
        if any(node["interfaces"] for node in nodes):
            console.out(network_table(nodes))
    for problem in wiring.problems:
        console.complain(problem)
    word = "up" if wiring.settled else "not all up"
    console.say(
        f"{project.topology.project}: {word}: {wiring.ready} of {wiring.nodes} nodes, "
        f"{wiring.up} of {wiring.links} links in {seconds:.2f} s"
    )
