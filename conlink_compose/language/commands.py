"""The commands, each with whose nodes it runs in."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.document.tree import List
from conlink_compose.language.entries import Walk
from conlink_compose.language.fields import fields_of
from conlink_compose.language.notes import Notes
from conlink_compose.language.owners import owner_of
from conlink_compose.language.project import Project
from conlink_compose.topology import Command


def read_commands(notes: Notes, walk: Walk, project: Project) -> Iterator[Command]:
    """In the order of the files; those that cannot be read are left out, told."""
    entries = sorted(walk.entries("commands", project.runtime), key=lambda entry: entry.order)
    for entry in entries:
        fields = fields_of(entry.item, entry.path, walk.faults)
        owner = owner_of(notes, project, fields, entry.owner, ("command", entry.at))
        command = fields.get("command")
        if owner is None or command is None or command.refused:
            continue
        value = command.value
        argv = map(str, value) if isinstance(value, List) else ("sh", "-c", str(value))
        yield Command(owner, tuple(argv), entry.at)
