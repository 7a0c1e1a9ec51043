"""libyaml's events, where they stand in the file, and the line breaks that it alone sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from conlink_compose.diagnostics import Span

_PREFIX = re.compile(r"(?:[&!]\S*[ \t]*(?:#[^\n]*)?\n?[ \t]*)+")

# NEL, LS and PS: libyaml ends a line at each of them, YAML 1.2 and every editor do not.
# So they are exchanged for characters that nobody uses while libyaml reads; places stay right.
_HIDDEN = str.maketrans({0x85: 0xF0085, 0x2028: 0xF2028, 0x2029: 0xF2029})
_SHOWN = {new: old for old, new in _HIDDEN.items()}


def events_of(text: str) -> Iterator[Any]:
    # A PyYAML that was built without libyaml reads the same language, 30 times slower.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def hidden(text: str) -> str:
    return text if text.isascii() else text.translate(_HIDDEN)


def has_hidden(text: str) -> bool:
    return not text.isascii() and any(chr(code) in text for code in _SHOWN)


def shown(text: str) -> str:
    return text.translate(_SHOWN)


@dataclass(frozen=True, slots=True)
class EventSpans:
    """Where the value of an event stands in the file `file`, whose text is `text`."""

    text: str
    file: str

    def whole(self, event: Any) -> Span:
        """What libyaml says: from the anchor or tag to the end."""
        start, end = event.start_mark, event.end_mark
        return Span(self.file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def of_content(self, event: Any) -> Span:
        """The value alone, behind its anchor and tag."""
        start, at = event.start_mark, self.whole(event)
        prefix = _PREFIX.match(self.text, start.index)
        if prefix is None or (at.line, at.column) == (at.end_line, at.end_column):
            return at
        skipped = prefix.group()
        lines = skipped.count("\n")
        column = len(skipped) - skipped.rfind("\n") if lines else at.column + len(skipped)
        moved = at._replace(line=at.line + lines, column=column)
        return at if (moved.line, moved.column) > (at.end_line, at.end_column) else moved
