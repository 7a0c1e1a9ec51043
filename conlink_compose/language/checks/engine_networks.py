"""Links beside what the container engine itself does to the node's namespace."""

from __future__ import annotations

import re
from collections.abc import Iterable

from conlink_compose.diagnostics import Span
from conlink_compose.language.drafts import Draft
from conlink_compose.language.notes import Notes
from conlink_compose.language.project import Member, Project

_ENGINES_OWN = re.compile(r"eth([0-9]+)\Z")
_NONE = "add network_mode: none to the service"


def check_engine_networks(notes: Notes, project: Project, drafts: Iterable[Draft]) -> None:
    told: set[Span] = set()
    for draft in drafts:
        owner = project.service_of(draft.owner)
        member = project.members.get(owner)
        if member is None or owner.kind != "service":
            continue
        if member.shared:
            if member.shared not in told:
                told.add(member.shared)
                message = f"{owner} has links, but shares the network of another"
                help_ = f"it needs a namespace of its own: {_NONE.replace('add', 'write')}"
                notes.error("shared-namespace", member.shared, message, help_)
        elif _is_taken(draft.dev, member):
            message = f"{owner} has an interface {draft.dev} already: that of its Docker network"
            notes.error("dev-taken", draft.dev_at, message, f"{_NONE}, or choose another dev")


def _is_taken(dev: str, member: Member) -> bool:
    found = _ENGINES_OWN.match(dev)
    return bool(found) and int(found[1]) < member.taken  # type: ignore[index]
