"""Extension keys that are nearly `x-conlink`: legal in a compose file, and read by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from conlink_compose.diagnostics import Diagnostic, Severity
from conlink_compose.document.tree import Map

KEY = "x-conlink"
NEAR = 0.8
"""Above it are slips of a finger (`x-conlnk`, `x-colink`), below it other words (`x-common`)."""


def misspelt(tree: Map) -> Iterator[Diagnostic]:
    """A warning for each such key at the top level and in services."""
    yield from _near(tree)
    services = tree.get("services")
    for service in services.values() if isinstance(services, Map) else ():
        if isinstance(service, Map):
            yield from _near(service)


def _near(block: Map) -> Iterator[Diagnostic]:
    for key in block:
        if key != KEY and key.startswith("x-") and SequenceMatcher(None, key, KEY).ratio() > NEAR:
            yield Diagnostic(
                "misspelt-key",
                f"`{key}` is nobody's key, so what stands below it has no effect",
                block.keys_at[key],
                f'did you mean "{KEY}"?',
                Severity.WARNING,
            )
