"""The project's name: -p, COMPOSE_PROJECT_NAME, the last file's `name:`, or the folder's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from conlink_compose.compose.variables import substitute
from conlink_compose.diagnostics import Diagnostic, Span
from conlink_compose.document.scalars import as_text
from conlink_compose.document.tree import List, Map

_GOOD = re.compile(r"[a-z0-9][a-z0-9_-]*\Z")


def project_name(
    asked: str | None, environment: Mapping[str, str], trees: Iterable[Map], directory: str
) -> tuple[str, list[Diagnostic]]:
    """The name, always one that Compose takes, and what was wrong with the one asked for."""
    chosen = asked or environment.get("COMPOSE_PROJECT_NAME")
    at: Span | None = None
    if not chosen:
        chosen, at = _of_files(trees, environment)
    if not chosen:
        return normalized(Path(directory).name) or "default", []
    if _GOOD.match(chosen):
        return chosen, []
    better = normalized(chosen)
    message = (
        f"`{chosen}` cannot name a project: lower-case letters, digits, `-` and `_` can, "
        "with a letter or a digit first"
    )
    advice = f"write `{better}`" if better else None
    return better or "default", [Diagnostic("bad-project-name", message, at, advice)]


def normalized(name: str) -> str:
    """`name` without what a project's name cannot hold. May be empty."""
    return re.sub(r"[^a-z0-9_-]", "", name.lower()).lstrip("_-")


def _of_files(
    trees: Iterable[Map], environment: Mapping[str, str]
) -> tuple[str | None, Span | None]:
    chosen: tuple[str | None, Span | None] = None, None
    for tree in trees:
        value = tree.get("name")
        if value is not None and not isinstance(value, Map | List):
            chosen = substitute(as_text(value), environment)[0], tree.values_at["name"]
    return chosen
