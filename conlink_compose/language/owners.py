"""Whose a link, a command or a wire's end is."""

from __future__ import annotations

from conlink_compose.diagnostics import Span
from conlink_compose.language.fields import Fields
from conlink_compose.language.notes import Notes
from conlink_compose.language.project import Project
from conlink_compose.topology import Owner

KINDS = ("service", "container", "host")


def owner_of(
    notes: Notes, project: Project, fields: Fields, default: Owner | None, where: tuple[str, Span]
) -> Owner | None:
    """The owner that `fields` name, or else `default`; None, and an error, where it is unclear.

    `where` says what it is an owner of, as `link`, and where that stands.
    """
    what, at = where
    named = [kind for kind in KINDS if kind in fields]
    if not named:
        if default is None:
            help_ = "name one of service, container and host"
            notes.error("missing-owner", at, f"whose is this {what}?", help_)
        return default
    if len(named) > 1:
        message = f"a {what} has one owner; this one has {' and '.join(named)}"
        notes.error("two-owners", fields[named[1]].key_at, message)
        return None
    field = fields[named[0]]
    if field.refused:
        return None
    return project.named(notes, named[0], str(field.value), field.at)
