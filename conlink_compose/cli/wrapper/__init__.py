"""Every verb of Compose, typed behind `conlink-compose`: passed through, with the network added."""

from __future__ import annotations

from conlink_compose.cli.engine_name import engine_of
from conlink_compose.cli.wrapper.words import Words

OURS = ("check", "plan", "status", "render", "schema", "image")
"""The verbs that no Compose has."""


def is_for_compose(words: Words) -> bool:
    """Whether Compose shall obey it: not where we have the verb, or there is none."""
    if words.verb is None or words.verb in OURS:
        return False
    return engine_of(words.last("--engine")) == "docker"
