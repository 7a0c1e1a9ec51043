"""Every verb of Compose, typed behind `conlink-compose`: passed through, with the network added."""

from __future__ import annotations

import os

import typer

from conlink_compose.cli.engine_name import engine_of
from conlink_compose.cli.wrapper.words import Words

OURS = ("check", "plan", "status", "link", "netem", "reset", "render", "schema", "image")
"""The verbs that no Compose has."""


def is_for_compose(words: Words) -> bool:
    """Whether Compose shall obey it: not where we have the verb, or there is none."""
    if words.verb is None or words.verb in OURS:
        return False
    try:
        return engine_of(words.last("--engine")) == "docker"
    except typer.BadParameter:  # which the app tells in its own way
        return False


def choose_engine_of(words: Words) -> None:
    """`--host` and its like, for our own questions to the engine."""
    for option, variable in (("--host", "DOCKER_HOST"), ("--context", "DOCKER_CONTEXT")):
        if given := words.last(option):
            os.environ[variable] = given
    if words.has("--context") and not words.has("--host"):
        os.environ.pop("DOCKER_HOST", None)
    if words.has("--tlsverify"):
        os.environ["DOCKER_TLS_VERIFY"] = "1"
    if authority := words.last("--tlscacert"):
        os.environ["DOCKER_CERT_PATH"] = os.path.dirname(authority)  # noqa: PTH120
