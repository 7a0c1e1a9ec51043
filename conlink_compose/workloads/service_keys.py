"""Reading one service's keys: each function takes what is there or tells what is wrong."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.scalars import as_text
from conlink_compose.document.tree import List, Map, Value


@dataclass(slots=True)
class ServiceKeys:
    """The keys of `service`; what is wrong with them goes to `problems`."""

    service: Map
    problems: list[Diagnostic]

    def wrong(self, code: str, message: str, at: Span, advice: str | None = None) -> None:
        self.problems.append(Diagnostic(code, message, at, advice))

    def at(self, key: str) -> Span:
        return self.service.values_at[key]

    def text(self, key: str) -> str | None:
        """A single value as text; None where the key is absent or null."""
        value = self.service.get(key)
        if value is None:
            return None
        if isinstance(value, Map | List):
            self.wrong("bad-value", f"`{key}` is a single value, not {_kind(value)}", self.at(key))
            return None
        return as_text(value)

    def words(self, key: str) -> tuple[str, ...] | None:
        """A command: a list as it is, a text split as a shell would. None where it is absent."""
        value = self.service.get(key)
        if value is None:
            return None
        if isinstance(value, List):
            return tuple(self.texts(key, value))
        if not isinstance(value, str):
            message = f"`{key}` is a text or a list of texts; this is {_kind(value)}"
            self.wrong("bad-value", message, self.at(key))
            return None
        try:
            return tuple(shlex.split(value))
        except ValueError:
            advice = "close the quote, or write the command as a list"
            self.wrong("bad-command", f"a quote in `{key}` is not closed", self.at(key), advice)
            return None

    def texts(self, key: str, items: List) -> list[str]:
        found: list[str] = []
        for item, at in items.placed():
            if isinstance(item, Map | List):
                message = f"an item of `{key}` is a text here, not {_kind(item)}"
                self.wrong("bad-value", message, at)
            else:
                found.append(as_text(item))
        return found

    def pairs(self, key: str, separator: str = "=") -> list[tuple[str, str | None, Span]]:
        """A map, or a list of `name=value`. None stands for a name without a value."""
        value = self.service.get(key)
        if value is None:
            return []
        if isinstance(value, Map):
            return self._pairs_of_map(key, value)
        if not isinstance(value, List):
            message = f"`{key}` is a map, or a list of `name{separator}value`"
            self.wrong("bad-value", message, self.at(key))
            return []
        found: list[tuple[str, str | None, Span]] = []
        for item, at in value.placed():
            if isinstance(item, Map | List):
                message = f"an item of `{key}` is `name{separator}value`, not {_kind(item)}"
                self.wrong("bad-value", message, at)
                continue
            name, given, text = as_text(item).partition(separator)
            found.append((name, text if given else None, at))
        return found

    def _pairs_of_map(self, key: str, value: Map) -> list[tuple[str, str | None, Span]]:
        found: list[tuple[str, str | None, Span]] = []
        for name, item in value.items():
            if isinstance(item, Map | List):
                message = f"`{name}` in `{key}` is a single value, not {_kind(item)}"
                self.wrong("bad-value", message, value.values_at[name])
            else:
                text = None if item is None else as_text(item)
                found.append((name, text, value.values_at[name]))
        return found


def _kind(value: Value) -> str:
    if isinstance(value, Map | List):
        return "a map" if isinstance(value, Map) else "a list"
    return as_text(value) if isinstance(value, bool) else f"the number {as_text(value)}"
