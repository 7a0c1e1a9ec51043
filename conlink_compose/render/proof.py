"""Reading back what was written: the user's document, the additions, and nothing else.

Events are compared and not values, so that anchors, aliases, merges, tags and the way each text is
quoted are part of what must not differ. ruamel.yaml reads them, and PyYAML only what ruamel.yaml
cannot: it stumbles over a tab before a comment, which is common.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from conlink_compose.document import libyaml
from conlink_compose.render.injected import Services

_SERVICES = "services"


class Node(NamedTuple):
    """One value: its text, or what it holds. A map holds keys and values in turn."""

    kind: str
    details: tuple[Any, ...]
    holds: tuple[Node, ...] | str | None

    def pairs(self) -> list[tuple[Node, Node]]:
        assert isinstance(self.holds, tuple)
        return list(zip(self.holds[::2], self.holds[1::2], strict=True))


class Readings:
    """What texts say, all of them by one reader: the one that understands `text`."""

    def __init__(self, text: str) -> None:
        """Raises ValueError where `text` is no YAML."""
        self._events = _events_of_ruamel
        try:
            self.before = self.of(text)
        except ValueError:
            self._events = _events_of_pyyaml
            self.before = self.of(text)

    def of(self, text: str) -> Node | None:
        """The document of `text`, None where it is empty. Raises ValueError where it is no YAML."""
        try:
            events = (event for event in self._events(text) if _kind(event) not in _FRAME)
            first = next(events, None)
            return None if first is None else _node(first, events)
        except (YAMLError, yaml.YAMLError) as error:
            problem = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
            mark = getattr(error, "problem_mark", None)
            where = f" on line {mark.line + 1}" if mark else ""
            raise ValueError(f"{problem}{where}") from error


def _events_of_ruamel(text: str) -> Iterator[Any]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _events_of_pyyaml(text: str) -> Iterator[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from yaml.parse(libyaml.hidden(text), loader)


def difference(before: Node | None, after: Node | None, added: Services, names: set[str]) -> str:
    """Empty where `after` is `before` with `added`, both without the services `names`; else what
    differs, as the end of a sentence."""
    rest_before, _ = _split(before, names)
    rest_after, ours = _split(after, {*names, *added})
    if rest_before != rest_after:
        return "what stands around them would be read differently"
    if ours != added:
        return "they would not be read as they were written"
    return ""


_FRAME = ("StreamStart", "StreamEnd", "DocumentStart", "DocumentEnd")
_BOXES = {"MappingStart": "map", "SequenceStart": "list"}


def _kind(event: Any) -> str:
    """Both readers call their events alike."""
    return type(event).__name__.removesuffix("Event")


def _node(event: Any, events: Iterator[Any]) -> Node:
    """The reader of the document has seen to it that the nesting is not too deep for this."""
    kind = _kind(event)
    if kind == "Alias":
        return Node("alias", (event.anchor,), None)
    details = (event.anchor, str(event.tag))
    if kind not in _BOXES:
        return Node("text", (*details, event.style), event.value)
    inner = []
    while not _kind(item := next(events)).endswith("End"):
        inner.append(_node(item, events))
    return Node(_BOXES[kind], (*details, event.flow_style), tuple(inner))


def _split(root: Node | None, names: Collection[str]) -> tuple[Node | None, dict[str, Any]]:
    """The document without the services `names`, and those. An empty `services` is as good as
    none."""
    if root is None or root.kind != "map":
        return root, {}
    rest: list[Node] = []
    ours: dict[str, Any] = {}
    for key, value in root.pairs():
        if key.holds == _SERVICES:
            kept, ours = _services(value, names)
            if kept.holds or kept.details[0] is not None:
                rest += key, kept
        else:
            rest += key, value
    return root._replace(holds=tuple(rest)), ours


def _services(box: Node, names: Collection[str]) -> tuple[Node, dict[str, Any]]:
    if box.kind != "map":
        return box, {}
    kept: list[Node] = []
    ours: dict[str, Any] = {}
    for name, service in box.pairs():
        if name.holds in names:
            ours[str(name.holds)] = _plain(service)
        else:
            kept += name, service
    return box._replace(holds=tuple(kept)), ours


def _plain(node: Node) -> Any:
    """A value of ours: no anchors, no tags, and of the unquoted ones only these are no texts."""
    if node.kind == "map":
        return {str(key.holds): _plain(value) for key, value in node.pairs()}
    if node.kind == "list":
        assert isinstance(node.holds, tuple)
        return [_plain(item) for item in node.holds]
    text = str(node.holds)
    if node.details[2] not in ("'", '"'):
        if text == "true":
            return True
        if text.isdecimal():
            return int(text)
    return text
