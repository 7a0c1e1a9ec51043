"""What the options before the command say, and the files they lead to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.diagnostics import Diagnostic, has_errors

if TYPE_CHECKING:
    from conlink_compose.compose.load import Document
    from conlink_compose.compose.locate import Request
    from conlink_compose.engines import Project
    from conlink_compose.reading import Reading
    from conlink_compose.topology import Topology


@dataclass(frozen=True, slots=True)
class Options:
    """The options before the command, as given."""

    files: tuple[str, ...] = ()
    project_name: str | None = None
    project_directory: str | None = None
    env_files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    engine: str = "sandbox"
    scales: tuple[tuple[str, int], ...] = ()
    named: tuple[str, ...] = ()
    engine_was_chosen: bool = True


@dataclass(frozen=True, slots=True)
class Declared:
    """A project whose files hold no mistake. `missing` is what this kernel lacks of what it asks,
    as far as that can be told beforehand."""

    reading: Reading
    topology: Topology
    project: Project
    missing: frozenset[str] = frozenset()


def options_of(context: typer.Context) -> Options:
    found = context.find_root().obj
    assert isinstance(found, Options)
    return found


def read(options: Options) -> Reading:
    """The files, read and checked; nothing printed yet."""
    from conlink_compose.reading import read as read_files

    return read_files(request_of(options))


def read_with_what_runs(options: Options) -> Reading:
    """The same. Where Compose makes the containers, a service that runs is declared too, whatever
    its profiles: without them Compose leaves it running as well."""
    from conlink_compose.engines import open_project

    reading = read(options)
    document = reading.document
    left_out = set(document.names) - set(document.services) if document else set()
    if document is None or not left_out:
        return reading
    project = open_project(options.engine, document.project)
    if project.compose is None:
        return reading
    running = {one.owner.name for one in project.nodes() if one.state == "running"} & left_out
    named = (*options.named, *sorted(running))
    return read(replace(options, named=named)) if running else reading


def load(options: Options) -> tuple[Document | None, Mapping[str, str]]:
    """The files as one tree, their networks not read, and their texts by name. None where a file
    cannot be read."""
    from conlink_compose.compose.load import load_files

    document, files = load_files(request_of(options))
    return document, files.sources


def request_of(options: Options) -> Request:
    from conlink_compose.compose.locate import Request
    from conlink_compose.engines import meets_containers_of_others

    return Request(
        files=options.files,
        project_name=options.project_name,
        project_directory=options.project_directory,
        env_files=options.env_files,
        profiles=options.profiles,
        environ=dict(os.environ),
        working_directory=str(Path.cwd()),
        scales=options.scales,
        named=options.named,
        containers_outside=meets_containers_of_others(options.engine),
    )


Show = Callable[[Sequence[Diagnostic], Mapping[str, str]], None]
"""Tells of diagnostics; with them come the texts of the files by name."""


def read_to_bring_up(options: Options, show: Show = console.show) -> Declared:
    """The project that shall be brought up, or its mistakes shown and the end."""
    return to_bring_up(read_with_what_runs(options), options, show)


def to_bring_up(reading: Reading, options: Options, show: Show = console.show) -> Declared:
    """The same of what was read.

    What this version cannot bring up is a mistake too, and what the engine does not honour is said.
    """
    from conlink_compose.engines import open_project
    from conlink_compose.reconcile.support import unsupported

    found: list[Diagnostic] = list(reading.diagnostics)
    topology, document = reading.topology, reading.document
    project: Project | None = None
    missing: frozenset[str] = frozenset()
    if topology and document:
        project = open_project(options.engine, topology.project)
        topology = _settled(topology, project)
        cannot = list(unsupported(topology))
        found += [*cannot, *project.unhonoured(document)]
        if project.is_of_this_kernel and not cannot:
            missing = _missing_here(topology)
            found += _impossible_here(topology, missing)
    show(found, reading.sources)
    if has_errors(found) or topology is None or project is None:
        raise typer.Exit(exit_status.MISTAKES)
    return Declared(reading, topology, project, missing)


def _settled(topology: Topology, project: Project) -> Topology:
    """With a mode for each bridge, by what the machine has that the project runs on."""
    from conlink_compose.kernel.ovs.datapath import is_loaded
    from conlink_compose.kernel.ovs.programs import are_here
    from conlink_compose.reconcile.settled import settled

    if not project.is_of_this_machine or not is_loaded():
        return topology
    return settled(topology, has_ovs=are_here() or not project.is_of_this_kernel)


def _missing_here(topology: Topology) -> frozenset[str]:
    """What this kernel has not of what the topology asks of it."""
    from conlink_compose.reconcile.bind import needed_kinds

    wanted = needed_kinds(topology)
    if not wanted:
        return frozenset()
    from conlink_compose.kernel.kinds import missing_here

    return missing_here(wanted)


def _impossible_here(topology: Topology, missing: frozenset[str]) -> Iterator[Diagnostic]:
    """What this kernel has not, or this user may not."""
    from conlink_compose.reconcile.lacking import lacking
    from conlink_compose.reconcile.support import impossible

    yield from impossible(topology, missing, reaches_machine=os.geteuid() == 0)
    yield from lacking(topology, missing)


def project_of(options: Options) -> Project:
    """The project that is meant; it need not be up."""
    from conlink_compose.engines import open_project

    return open_project(options.engine, project_name(options))


def project_name(options: Options) -> str:
    """Whose nodes are meant: -p, or what the files say. Nothing but that is asked of them: what
    runs can be seen and ended whatever the files have become."""
    if options.project_name:
        return options.project_name
    from conlink_compose.compose.name_alone import name_alone

    found = name_alone(request_of(options))
    if found.name is None:
        console.show(found.diagnostics, found.files.sources)
        raise typer.Exit(exit_status.MISTAKES)
    if found.broken:
        console.say(
            f"{', '.join(found.broken)} cannot be read (`conlink-compose check` tells why); "
            f"project {found.name} is taken to be meant"
        )
    return found.name
