"""Services as lines of YAML, in a given style, that YAML 1.1 and 1.2 read alike."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is written.

    `step` is how far a map is indented below its key and `dash` how far a list is, in columns.
    `quoted` is for JSON: every text in double quotes. `gap`: a blank line stands between services.
    """

    step: int = 2
    dash: int = 2
    flow_lists: bool = False
    quote: Literal['"', "'"] = '"'
    quoted: bool = False
    gap: bool = False


_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]{0,63}\Z")
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
"""What YAML 1.1, which Compose v1 reads, takes for something else than a text."""


def escaped(value: Any) -> Any:
    """`value` with `$$` for each `$` of its texts: Compose would take it for a variable."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, Mapping):
        return {key: escaped(item) for key, item in value.items()}
    return [escaped(item) for item in value] if isinstance(value, list) else value


def block_lines(value: Mapping[str, Any], style: Style) -> list[str]:
    """A map as indented lines, the first at column 1."""
    yaml = _writer()
    yaml.indent(mapping=style.step, sequence=style.dash + 2, offset=style.dash)
    return _dumped(yaml, _styled(value, style, flow=False)).rstrip("\n").split("\n")


def flow_entry(name: str, value: Any, style: Style) -> str:
    """`name: {...}` on one line, as it stands between braces."""
    whole = _dumped(_writer(), _styled({name: value}, style, flow=True))
    return whole.strip().removeprefix("{").removesuffix("}")


def _writer() -> YAML:
    yaml = YAML()
    yaml.width = sys.maxsize
    return yaml


def _dumped(yaml: YAML, value: Any) -> str:
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue()


def _styled(value: Any, style: Style, flow: bool) -> Any:
    if isinstance(value, str):
        return _text(value, style)
    box: Any = value
    if isinstance(value, Mapping):
        pairs = ((_text(key, style), _styled(item, style, flow)) for key, item in value.items())
        box = CommentedMap(pairs)
    elif isinstance(value, list):
        flow = flow or style.flow_lists
        box = CommentedSeq(_styled(item, style, flow) for item in value)
    if flow and box is not value:
        box.fa.set_flow_style()
    return box


def _text(text: str, style: Style) -> str:
    if _PLAIN.match(text) and text.lower() not in _WORDS and not style.quoted:
        return text
    single = style.quote == "'" and not style.quoted
    quoted: str = SingleQuotedScalarString(text) if single else DoubleQuotedScalarString(text)
    return quoted
