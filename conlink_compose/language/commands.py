"""The commands, each with whose nodes it runs in."""

from __future__ import annotations

from collections.abc import Iterator

from conlink_compose.document.tree import List
from conlink_compose.language.declarations import Declarations, owner_of
from conlink_compose.language.fields import fields_of
from conlink_compose.language.project import Project
from conlink_compose.language.report import Report
from conlink_compose.topology import Command


def read_commands(
    report: Report, declarations: Declarations, project: Project
) -> Iterator[Command]:
    """In the order of the files; those that cannot be read are left out, told."""
    listed = declarations.listed("commands", project.runtime)
    for declaration in sorted(listed, key=lambda declaration: declaration.order):
        fields = fields_of(declaration.item, declaration.path, declarations.refused)
        where = ("command", declaration.at)
        owner = owner_of(report, project, fields, declaration.owner, where)
        command = fields.get("command")
        if owner is None or command is None or command.refused:
            continue
        value = command.value
        argv = map(str, value) if isinstance(value, List) else ("sh", "-c", str(value))
        yield Command(owner, tuple(argv), declaration.at)
