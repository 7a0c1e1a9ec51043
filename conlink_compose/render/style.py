"""How a user's file is written: its indentation, lists and quotes, the gaps between services."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from conlink_compose.document.tree import List, Map, Value
from conlink_compose.render.raw_text import RawText
from conlink_compose.render.yaml_text import Style

_WIDEST = 8


def style_of(raw: RawText, root: Map) -> Style:
    """What is commonest in the file; what it does not show is as most people write it."""
    steps: Counter[int] = Counter()
    dashes: Counter[int] = Counter()
    flows: Counter[bool] = Counter()
    for column, value in _boxes(root):
        opening = raw.line(value.span.line)[value.span.column - 1 : value.span.column]
        offset = value.span.column - column
        if isinstance(value, List):
            flows[opening == "["] += 1
            if opening == "-" and 0 <= offset <= _WIDEST:
                dashes[offset] += 1
        elif opening != "{" and 0 < offset <= _WIDEST:
            steps[offset] += 1
    single, double = raw.text.count("'"), raw.text.count('"')
    return Style(
        step=_commonest(steps, 2),
        dash=_commonest(dashes, 2),
        flow_lists=flows[True] > flows[False],
        quote="'" if single > double else '"',
        quoted=_is_json(raw),
        gap=_has_gaps(raw, root.get("services")),
    )


def _boxes(root: Map) -> Iterator[tuple[int, Map | List]]:
    """Each map and list that begins on a line below its key, or between brackets, with the key's
    column. What an alias or a merge brings from elsewhere is not of this place."""
    todo: list[Map | List] = [root]
    while todo:
        box = todo.pop()
        if isinstance(box, List):
            todo += (item for item in box if isinstance(item, Map | List))
            continue
        for key, value in box.items():
            if not isinstance(value, Map | List) or value.span.line < box.keys_at[key].line:
                continue
            if box.values_at[key] == value.span and is_own(box, key):
                todo.append(value)
                yield box.keys_at[key].column, value


def is_own(box: Map, key: str) -> bool:
    """Whether `key` is written in this map itself, and not merged into it by `<<`."""
    at, span = box.keys_at[key], box.span
    return span[1:3] <= at[1:3] and at[3:] <= span[3:]


def _commonest(counted: Counter[int], default: int) -> int:
    return counted.most_common(1)[0][0] if counted else default


def _is_json(raw: RawText) -> bool:
    try:
        json.loads(raw.normal)
    except ValueError:
        return False
    return True


def _has_gaps(raw: RawText, services: Value) -> bool:
    """Whether a blank line stands before most services, seen from the comments above them."""
    if not isinstance(services, Map):
        return False
    lines = [services.keys_at[key].line for key in services if is_own(services, key)]
    gaps = sum(_gap_above(raw, line) for line in lines[1:])
    return 2 * gaps > len(lines) - 1


def _gap_above(raw: RawText, line: int) -> bool:
    line -= 1
    while line > 1 and raw.is_comment(line):
        line -= 1
    return raw.is_blank(line)
