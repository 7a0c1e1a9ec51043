"""Where in a user's text the additions go, and the text with them.

A `Change` is one stretch of the text and what stands there instead; for an addition it is empty.
Often several places would do, the natural one first; which of them really does is for the proof to
say: behind a block scalar that ends with the file, without a line end, nothing can be added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conlink_compose.diagnostics import Span
from conlink_compose.document.tree import Map
from conlink_compose.render.injected import Services
from conlink_compose.render.raw_text import LINE_END, RawText
from conlink_compose.render.style import is_own
from conlink_compose.render.yaml_text import Style, block_lines, flow_entry

NOTE = "# Added by `conlink-compose render`: change nothing here, but render again."
_LAST_LINE = re.compile(r"[ \t]*\Z")
_COMMA = re.compile(r"\s*,\s*")
_BETWEEN = re.compile(r"(?:\s|#[^\n]*)*")


@dataclass(frozen=True, slots=True)
class Change:
    """`text[start:end]` becomes `new`."""

    start: int
    end: int
    new: str

    def made_in(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]


@dataclass(frozen=True, slots=True)
class Page:
    """The file that is added to: its text, what it says and how it is written."""

    raw: RawText
    root: Map
    style: Style

    def is_flow(self, box: Map) -> bool:
        return self.raw.text.startswith("{", self.raw.offset(box.span.line, box.span.column))


def additions(page: Page, services: Services) -> Iterator[Change]:
    """The ways to add `services`, the natural one first. None where there is no place for them."""
    root = page.root
    if "services" not in root:
        yield from _new_section(page, services)
        return
    value, at = root["services"], root.values_at["services"]
    if isinstance(value, Map) and value.span == at and is_own(root, "services"):
        if page.is_flow(value):
            yield _in_braces(page, value, services)
        else:
            yield from _in_block(page, value, services, root.keys_at["services"])
    elif value is None and at[1:3] == at[3:]:  # nothing is written there, no `null` either
        yield from _in_empty_section(page, services, root.keys_at["services"])


def replacement(page: Page, box: Map, ours: list[str], services: Services) -> Change | None:
    """`services` instead of `ours`, which stand in `box`. None where they do not stand together."""
    ours.sort(key=lambda name: box.keys_at[name][1:3])
    keys, values = [box.keys_at[name] for name in ours], [box.values_at[name] for name in ours]
    raw = page.raw
    for value, key in zip(values, keys[1:], strict=False):
        gap = raw.text[raw.offset(*value[3:]) : raw.offset(*key[1:3])]
        if _BETWEEN.sub("", gap).strip(","):
            return None
    if page.is_flow(box):
        start, end = raw.offset(*keys[0][1:3]), raw.offset(*values[-1][3:])
        own_line = not raw.line(keys[0].line)[: keys[0].column - 1].strip()
        between = f",{raw.line_end}{_indent(keys[0].column)}" if own_line else ", "
        return Change(start, end, between.join(_entries(services, page.style)))
    first, last = keys[0].line, _last_line(values[-1])
    while raw.line(first - 1).strip() == NOTE:
        first -= 1
    lines = _lines(services, keys[0].column, page.style)
    end = raw.offset(last) + len(raw.lines[last - 1])
    return Change(raw.offset(first), end, raw.line_end.join(lines))


def removal(page: Page, box: Map, ours: list[str]) -> Change | None:
    """Nothing instead of `ours`."""
    change = replacement(page, box, ours, {})
    if change is None:
        return None
    text = page.raw.text
    found = (_COMMA if page.is_flow(box) else LINE_END).match(text, change.end)
    return Change(change.start, found.end() if found else change.end, "")


def _new_section(page: Page, services: Services) -> Iterator[Change]:
    """`services:` at the end of the file, or else at its beginning."""
    root, style = page.root, page.style
    if page.is_flow(root):
        yield _in_braces(page, root, {"services": services})
        return
    head = _indent(root.span.column) + "services:"
    lines = [head, *_lines(services, root.span.column + style.step, style)]
    gap = [""] if _has_sections_apart(page) else []
    yield from _block_changes(page, root, gap, lines, root.span.line)


def _has_sections_apart(page: Page) -> bool:
    """Whether a blank line stands before some key of the top level."""
    lines = [at.line for name, at in page.root.keys_at.items() if is_own(page.root, name)]
    return any(page.raw.is_blank(line - 1) for line in lines if line > 1)


def _in_empty_section(page: Page, services: Services, key_at: Span) -> Iterator[Change]:
    lines = _lines(services, key_at.column + page.style.step, page.style)
    yield _before_line(page.raw, _behind_comments(page.raw, key_at.line, key_at.column + 1), lines)
    yield _before_line(page.raw, key_at.line + 1, lines)


def _in_block(page: Page, box: Map, services: Services, key_at: Span) -> Iterator[Change]:
    lines = _lines(services, box.span.column, page.style)
    gap = [""] if page.style.gap else []
    yield from _block_changes(page, box, gap, lines, key_at.line + 1)


def _block_changes(
    page: Page, box: Map, gap: list[str], lines: list[str], first: int
) -> Iterator[Change]:
    """`lines` at the end of `box` where its comments end, right where it ends, or at its front."""
    last = _last_line(box.span)
    end = last
    while end > box.span.line and page.raw.is_blank(end):
        end -= 1
    end = _behind_comments(page.raw, end, box.span.column)
    yield _before_line(page.raw, end, [*gap, *lines])
    yield _before_line(page.raw, last + 1, [*gap, *lines])
    yield _before_line(page.raw, first, [*lines, *gap])


def _last_line(span: Span) -> int:
    """The reader lets a block scalar end where the next line begins."""
    return span.end_line - 1 if span.end_column == 1 and span.end_line > 1 else span.end_line


def _behind_comments(raw: RawText, line: int, column: int) -> int:
    """The line behind the content on `line` and the comments that belong to it: those at `column`
    or right of it, and those that stand close to it and apart from what follows."""
    result = line + 1
    at, close = result, True
    while at <= len(raw.lines):
        if raw.is_blank(at):
            at, close = at + 1, False
            continue
        if not raw.is_comment(at):
            break
        end = at
        while raw.is_comment(end):
            end += 1
        inside = len(raw.line(at)) - len(raw.line(at).lstrip()) >= column - 1
        if not inside and not (close and raw.is_blank(end)):
            break
        result = at = end
    return result


def _lines(services: Services, column: int, style: Style) -> list[str]:
    """The services as lines of the file, under our note."""
    lines = [NOTE] if services else []
    for number, (name, service) in enumerate(services.items()):
        lines += [""] if style.gap and number else []
        lines += block_lines({name: service}, style)
    return [_indent(column) + line if line else "" for line in lines]


def _indent(column: int) -> str:
    return " " * (column - 1)


def _before_line(raw: RawText, number: int, lines: list[str]) -> Change:
    """Whole lines; behind a last line without an end, its end first and none at ours."""
    end = raw.line_end
    at = raw.offset(number)
    if number > len(raw.lines):
        return Change(at, at, "".join(end + line for line in lines))
    return Change(at, at, "".join(line + end for line in lines))


def _entries(services: Services, style: Style) -> list[str]:
    return [flow_entry(name, service, style) for name, service in services.items()]


def _in_braces(page: Page, box: Map, services: Services) -> Change:
    """At the front, where the place of commas is sure. On lines of their own if the first is so."""
    raw = page.raw
    brace = raw.offset(box.span.line, box.span.column)
    between = _BETWEEN.match(raw.text, brace + 1)
    assert between is not None
    first = between.end()
    entries = _entries(services, page.style)
    if raw.text.startswith("}", first):
        return Change(brace + 1, brace + 1, ", ".join(entries))
    new_line = LINE_END.search(raw.text, brace, first)
    if new_line is None:
        return Change(first, first, "".join(entry + ", " for entry in entries))
    indent = _LAST_LINE.search(raw.text[new_line.end() : first])
    assert indent is not None
    lines = "".join(f"{indent[0]}{entry},{raw.line_end}" for entry in entries)
    return Change(new_line.end(), new_line.end(), lines)
