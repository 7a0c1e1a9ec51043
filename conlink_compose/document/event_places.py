"""Where the value of one of libyaml's events stands in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from conlink_compose.diagnostics import Span

_PREFIX = re.compile(r"(?:[&!]\S*[ \t]*(?:#[^\n]*)?\n?[ \t]*)+")


@dataclass(frozen=True, slots=True)
class Places:
    """The places in the file `file`, whose text is `text`."""

    text: str
    file: str

    def span(self, event: Any) -> Span:
        """What libyaml says: from the anchor or tag to the end."""
        start, end = event.start_mark, event.end_mark
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def of_content(self, event: Any) -> Span:
        """The value alone, behind its anchor and tag."""
        start, at = event.start_mark, self.span(event)
        prefix = _PREFIX.match(self.text, start.index)
        if prefix is None or (at.line, at.column) == (at.end_line, at.end_column):
            return at
        skipped = prefix.group()
        lines = skipped.count("\n")
        column = len(skipped) - skipped.rfind("\n") if lines else at.column + len(skipped)
        moved = at._replace(line=at.line + lines, column=column)
        return at if (moved.line, moved.column) > (at.end_line, at.end_column) else moved
