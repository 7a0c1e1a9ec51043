"""From libyaml's events to the tree.

Events, not its composed nodes: they cost a fifth of the time, nesting cannot exhaust the
stack, redefined anchors are legal, and an alias stays recognisable.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document import merge_keys
from conlink_compose.document.libyaml import EventSpans, has_hidden, shown
from conlink_compose.document.scalars import (
    CONTAINER_TAGS,
    Override,
    Reset,
    Unquoted,
    as_text,
    converted,
    typed,
    wrong_tag,
)
from conlink_compose.document.tree import List, Map, Value

DEEPEST = 100
LARGEST = 1_000_000
"""Values in the tree when every alias counts for all that it stands for."""

FREE_KEYS = frozenset(
    {
        "additional_contexts",
        "annotations",
        "args",
        "driver_opts",
        "environment",
        "extra_hosts",
        "labels",
        "options",
        "sysctls",
    }
)
"""Keys whose own keys are the user's words, so that a number among them is as good as a string."""


class StopBuildingError(Exception):
    """Nothing behind this place can be read. The diagnostic says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(slots=True)
class _Frame:
    """A container that is being filled. `key` is None until a map's next key has been read."""

    box: Map | List
    at: Span
    tag: str | None
    flow: bool
    anchor: str | None
    key: str | None = None
    key_at: Span | None = None
    merging: bool = False
    merges: list[tuple[Value, Span]] = field(default_factory=list)
    size: int = 1
    height: int = 1


class Builder:
    """Fills `root` and `diagnostics` from the events of one document after another."""

    def __init__(self, text: str, file: str) -> None:
        self.root: Value = None
        self.diagnostics: list[Diagnostic] = []
        self._spans = EventSpans(text, file)
        self._has_hidden = has_hidden(text)
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Value, int, int]] = {}
        self._last: Any = None
        self._documents = 0
        self._merged = merge_keys.Budget(LARGEST)

    def consume(self, events: Iterable[Any]) -> None:
        """Raises `StopBuildingError`, and what the source of the events raises."""
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start_map,
            yaml.SequenceStartEvent: self._start_list,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        for event in events:
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        self._anchors.clear()
        if self._documents == 2:
            message = "a second document begins here, and a compose file holds one"
            advice = "put it into a file of its own and name both with -f"
            raise StopBuildingError(
                Diagnostic("several-documents", message, self._spans.whole(event), advice)
            )

    def _scalar(self, event: Any) -> None:
        text: str = event.value
        if self._has_hidden:
            text = shown(text)
        self._last = event.end_mark
        tag, anchor = event.tag, event.anchor
        at = self._spans.of_content(event) if tag or anchor else self._spans.whole(event)
        plain = not event.style
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key_at is None and type(frame.box) is Map:
            self._key(frame, text, at, plain and not tag)
            if anchor:
                self._anchors[anchor] = (text, 1, 0)
            return
        value: Value = text
        if tag:
            value, problem = converted(text, tag, at)
            if problem:
                self.diagnostics.append(problem)
        elif plain:
            value = Unquoted(text) if "$" in text else typed(text)
        if anchor:
            self._anchors[anchor] = (value, 1, 0)
        self._put(value, at, 1, 0)

    def _key(self, frame: _Frame, text: str, at: Span, plain: bool) -> None:
        frame.key, frame.key_at = text, at
        if not plain:
            return
        if text == "<<":
            frame.merging = True
            return
        value = typed(text)
        if not isinstance(value, str):
            self._check_odd_key(value, text, at)
            frame.key = text if value is not None else ""

    def _check_odd_key(self, value: Value, text: str, at: Span) -> None:
        above = self._stack[-2].key if len(self._stack) > 1 else None
        if value is not None and above in FREE_KEYS:
            return
        kind = "empty" if value is None else "a boolean" if isinstance(value, bool) else "a number"
        message = f"the key `{text}` is {kind}, and a name is needed here"
        if value is None:
            message = "a key is missing here: `null` is not a name"
        advice = (
            f'write "{text}" in quotes to mean the name' if text else "write a key before the `:`"
        )
        self.diagnostics.append(Diagnostic("key-not-string", message, at, advice))

    def _start_map(self, event: Any) -> None:
        self._start(event, Map)

    def _start_list(self, event: Any) -> None:
        self._start(event, List)

    def _start(self, event: Any, kind: type[Map] | type[List]) -> None:
        tag, anchor = event.tag, event.anchor
        at = self._spans.of_content(event) if tag or anchor else self._spans.whole(event)
        self._refuse_as_key(at, "a map" if kind is Map else "a list")
        if len(self._stack) >= DEEPEST:
            self._stop("too-deep", f"more than {DEEPEST} levels are nested here", at)
        box = kind(at)
        if anchor:
            self._anchors[anchor] = (box, 0, 0)  # a size of 0 tells that it is still open
        if tag and tag not in CONTAINER_TAGS[kind]:
            self.diagnostics.append(converted("", tag, at)[1] or wrong_tag(tag, at))
        self._stack.append(_Frame(box, at, tag, bool(event.flow_style), anchor))

    def _end(self, event: Any) -> None:
        frame = self._stack.pop()
        end = event.end_mark if frame.flow or self._last is None else self._last
        if frame.flow:
            self._last = end
        at = frame.at
        if (end.line + 1, end.column + 1) > (at.line, at.column):
            at = Span(at.file, at.line, at.column, end.line + 1, end.column + 1)
        box = frame.box
        box.span = at
        if isinstance(box, Map) and frame.merges:
            self.diagnostics += merge_keys.apply(box, frame.merges, self._merged)
        value: Value = box
        if frame.tag == "!reset":
            value = Reset()
        elif frame.tag == "!override":
            value = Override(at)
            value.put(box, at)
        if frame.anchor and self._anchors.get(frame.anchor, (None,))[0] is box:
            self._anchors[frame.anchor] = (value, frame.size, frame.height)
        self._put(value, at, frame.size, frame.height)

    def _alias(self, event: Any) -> None:
        at = self._spans.whole(event)
        self._last = event.end_mark
        name: str = event.anchor
        if name not in self._anchors:
            self.diagnostics.append(unknown_alias(name, self._anchors, at))
            value, size, height = None, 1, 0
        else:
            value, size, height = self._anchors[name]
        if not size:
            self._stop("alias-loop", f"`*{name}` stands inside the value that it names", at)
        if len(self._stack) + height > DEEPEST:
            self._stop("too-deep", f"`*{name}` nests more than {DEEPEST} levels", at)
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key_at is None and type(frame.box) is Map:
            if isinstance(value, Map | List):
                self._refuse_as_key(at, "a map" if isinstance(value, Map) else "a list")
            self._key(frame, as_text(value), at, plain=False)  # type: ignore[arg-type]
            return
        self._put(value, at, size, height)

    def _refuse_as_key(self, at: Span, kind: str) -> None:
        frame = self._stack[-1] if self._stack else None
        if frame is not None and frame.key_at is None and type(frame.box) is Map:
            message = f"{kind} cannot be a key"
            advice = "put a text that begins with `{` or `[` in quotes"
            raise StopBuildingError(Diagnostic("key-not-string", message, at, advice))

    def _stop(self, code: str, message: str, at: Span) -> NoReturn:
        raise StopBuildingError(Diagnostic(code, message, at))

    def _put(self, value: Value, at: Span, size: int, height: int) -> None:
        if not self._stack:
            self.root = value
            return
        frame = self._stack[-1]
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        if frame.size > LARGEST:
            message = f"the aliases up to here stand for more than {LARGEST:,} values"
            self._stop("alias-bomb", message, at)
        if isinstance(frame.box, List):
            frame.box.put(value, at)
        else:
            self._put_pair(frame, frame.box, value, at)

    def _put_pair(self, frame: _Frame, box: Map, value: Value, at: Span) -> None:
        key, key_at, merging = frame.key, frame.key_at, frame.merging
        frame.key = frame.key_at = None
        frame.merging = False
        assert key is not None
        assert key_at is not None
        if merging:
            if frame.merges:
                advice = "give all of them to one: `<<: [*a, *b]`"
                self.diagnostics.append(
                    Diagnostic("duplicate-key", "a second `<<` in one map", key_at, advice)
                )
            frame.merges.append((value, at))
        elif key in box:
            line = box.keys_at[key].line
            message = f"the key `{key}` stands twice in this map"
            advice = f"the first is on line {line}; keep one of them"
            self.diagnostics.append(Diagnostic("duplicate-key", message, key_at, advice))
        else:
            box[key] = value
            box.keys_at[key] = key_at
            box.values_at[key] = at


def unknown_alias(name: str, anchors: Iterable[str], at: Span) -> Diagnostic:
    near = difflib.get_close_matches(name, anchors, 1)
    advice = f"did you mean `*{near[0]}`?" if near else f"write `&{name}` before the value it names"
    return Diagnostic("unknown-alias", f"`*{name}` names no anchor above it", at, advice)
