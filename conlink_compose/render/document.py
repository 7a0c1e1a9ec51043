"""`render` for one file: the user's text, byte for byte, and the additions in its own style."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from conlink_compose.diagnostics import Diagnostic, Span, has_errors
from conlink_compose.document.reader import parse
from conlink_compose.document.tree import Map
from conlink_compose.render.injected import Services, Surroundings, injected, role_of
from conlink_compose.render.insertion import Change, Page, additions, removal, replacement
from conlink_compose.render.pack import PREFIX, portable, unpack
from conlink_compose.render.proof import Readings, difference
from conlink_compose.render.raw_text import RawText
from conlink_compose.render.style import is_own, style_of
from conlink_compose.render.yaml_text import escaped
from conlink_compose.topology import Topology

CONTEXT = 3
"""Lines that a difference shows around what is added."""
_WAY_OUT = "let Compose write it anew and render that: docker compose -f FILE config > plain.yaml"


def render(
    text: str, file: str, topology: Topology, around: Surroundings
) -> tuple[str | None, list[Diagnostic]]:
    """`text` with the services that `topology`, which was read from it, asks for.

    `text` has its own line ends and byte order mark; `file` is its name in what is told. Where ours
    are in it already they are renewed in their place, and if nothing has changed it is as it was.
    Of `around`, `version` and `taken` are read from the text itself. None where there is an error.
    """
    raw = RawText(text)
    root, problems = parse(raw.normal, file)
    if root is None or has_errors(problems):
        return None, problems
    box = root.get("services")
    names = list(box) if isinstance(box, Map) else []
    ours = [name for name in names if isinstance(box, Map) and role_of(box[name])]
    version = root.get("version")
    around = replace(
        around,
        version=None if version is None else str(version),
        taken=frozenset(names).difference(ours),
    )
    services, problems = injected(portable(topology, ours), around)
    if services is None:
        return None, problems
    if isinstance(box, Map):
        _keep_packed(box, services)
    page = Page(raw, root, style_of(raw, root))
    changes = _changes(page, ours, escaped(services))
    return _first_proven(page, ours, escaped(services), changes)


def _keep_packed(box: Map, services: Services) -> None:
    """A topology that is in the file already stays as it is packed: another zlib packs the same one
    into other bytes."""
    for name, service in services.items():
        former, environment = box.get(name), service.get("environment")
        former = former.get("environment") if isinstance(former, Map) else None
        if not environment or not isinstance(former, Map):
            continue
        packed = {key: str(value) for key, value in former.items() if key.startswith(PREFIX)}
        with suppress(ValueError):
            if unpack(packed) == unpack(environment):
                service["environment"] = packed


def _changes(page: Page, ours: list[str], services: Services) -> Iterable[Change]:
    if not ours:
        return additions(page, services) if services else [Change(0, 0, "")]
    box = page.root["services"]
    assert isinstance(box, Map)
    if not all(is_own(box, name) for name in ours):
        return []
    change = replacement(page, box, ours, services) if services else removal(page, box, ours)
    return [change] if change else []


def _first_proven(
    page: Page, ours: list[str], services: Services, changes: Iterable[Change]
) -> tuple[str | None, list[Diagnostic]]:
    """The text with the first of `changes` that is read back as the user's document with
    `services` and nothing else."""
    text = page.raw.text
    readings: Readings | None = None
    reason = "there is no place for them" if not ours else "the former ones do not stand together"
    for change in changes:
        changed = change.made_in(text)
        if changed == text:
            return text, []
        try:
            readings = readings or Readings(page.raw.normal)
            after = readings.of(RawText(changed).normal)
        except ValueError as error:
            reason = f"the text cannot be read back: {error}"
            continue
        reason = difference(readings.before, after, services, set(ours))
        if not reason:
            return changed, []
    return None, [_refusal(page, ours, reason)]


def _refusal(page: Page, ours: list[str], reason: str) -> Diagnostic:
    root = page.root
    at: Span = root.keys_at.get("services", root.span)
    message = f"the services of conlink-compose cannot be added to this text: {reason}"
    advice = f"take {' and '.join(ours)} out and render again" if ours else _WAY_OUT
    return Diagnostic("cannot-render", message, at, advice)


def diff(text: str, rendered: str, file: str) -> str:
    """What `render` did, as a unified difference of lines; empty where that is nothing.

    It is one stretch, so it is told as one: a general search may take equal lines for one another.
    """
    old, new = RawText(text).lines, RawText(rendered).lines
    if old == new:
        return ""
    least = min(len(old), len(new))
    head = next((n for n in range(least) if old[n] != new[n]), least)
    tail = next((n for n in range(least - head) if old[-1 - n] != new[-1 - n]), least - head)
    start = max(0, head - CONTEXT)
    behind = old[len(old) - tail :][:CONTEXT]
    shown = [
        *(f" {line}" for line in old[start:head]),
        *(f"-{line}" for line in old[head : len(old) - tail]),
        *(f"+{line}" for line in new[head : len(new) - tail]),
        *(f" {line}" for line in behind),
    ]
    places = [f"{start + 1},{len(side) - tail + len(behind) - start}" for side in (old, new)]
    hunk = f"@@ -{places[0]} +{places[1]} @@"
    return "\n".join([f"--- {file}", f"+++ {file} (rendered)", hunk, *shown]) + "\n"
