"""What happens to a command line of Compose: checked, completed, and handed over."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import typer

from conlink_compose.cli import console, exit_status
from conlink_compose.cli.context import (
    Declared,
    Options,
    load,
    read_with_what_runs,
    to_bring_up,
)
from conlink_compose.cli.outcome import show_outcome
from conlink_compose.cli.standard_input import give_again
from conlink_compose.cli.watched import watched
from conlink_compose.cli.wiring import wait_until_settled
from conlink_compose.cli.wrapper.files import Files, untouched
from conlink_compose.cli.wrapper.verb import Verb
from conlink_compose.cli.wrapper.words import Words
from conlink_compose.diagnostics import has_errors

if TYPE_CHECKING:
    from conlink_compose.engines import Compose, Project

_STARTING = ("up", "create", "run", "start", "restart", "scale", "watch")
"""What makes or starts containers: checked first, and what is to be added is written anew."""

_WITHOUT_A_PROJECT = ("version", "help", "ls", "completion", "__complete", "__completeNoDesc")
_THE_USERS_OWN = ("config", "convert", "pull", "push", "build", "publish", "bridge", "alpha")
"""What shows the user's own files, or fetches or gives away what they name: nothing is added."""

WAIT_TIMEOUT = 60.0
"""Seconds for what does not come up."""


def run(words: Words) -> int:
    """The exit status; mostly this process becomes Compose."""
    verb = Verb(words.verb or "", words.rest)
    options = _options(words, verb)
    if verb.name in (*_WITHOUT_A_PROJECT, *_THE_USERS_OWN) or verb.asks_for_help():
        _become_untouched(words, options)
    try:
        return _start(words, verb, options) if verb.name in _STARTING else _other(words, options)
    except typer.Exit as ended:
        return ended.exit_code


def _options(words: Words, verb: Verb) -> Options:
    return Options(
        words.all("--file"),
        words.last("--project-name"),
        words.last("--project-directory") or words.last("--workdir"),
        words.all("--env-file"),
        words.all("--profile"),
        "docker",
        verb.scales(),
        verb.services() if verb.name in _STARTING else (),
    )


def _start(words: Words, verb: Verb, options: Options) -> int:
    """Check, add, start; and if that returns, wait for the links."""
    began = time.monotonic()
    reading = read_with_what_runs(options)
    if untouched(reading.sources):
        if reading.document:
            _forget_what_was(_compose(options, reading.document.project))
        _become_untouched(words, options, reading.sources)
    declared = to_bring_up(reading, options)
    compose, document = declared.project.compose, reading.document
    assert compose
    assert document
    problems = compose.add(declared.topology, document, console.say)
    console.show(problems, reading.sources)
    if has_errors(problems):
        return exit_status.MISTAKES
    files = Files(words, compose, document)
    if compose.services and "always" in verb.values("--pull"):
        pull = ("pull", "--ignore-buildable", *verb.services())
        if status := compose.run([*files.of_the_user(), *pull]):
            return status
        words = replace(words, rest=verb.without("--pull"))  # no registry has our own image
    argv = [*files.options(), *_with_ours(words, verb, compose, files)]
    if not _returns_when_up(verb):
        compose.become(argv)
    return compose.run(argv) or _settle(declared, verb, began)


def _forget_what_was(compose: Compose) -> None:
    """Where the user has taken `x-conlink` out of the files."""
    if compose.added():
        compose.forget()


def _with_ours(words: Words, verb: Verb, compose: Compose, files: Files) -> list[str]:
    """The verb; where it names services, ours must not be forgotten."""
    if not compose.services or not verb.services():
        return words.command()
    if verb.name in ("up", "create"):
        return [*words.command(), *compose.services]
    compose.output([*files.options(), "up", "-d", *compose.services])
    return words.command()


def _returns_when_up(verb: Verb) -> bool:
    """Whether Compose starts the containers and ends before they do."""
    if verb.name != "up" or verb.flag("--no-start") or verb.flag("--dry-run"):
        return False
    return verb.flag("--detach", "d") or verb.flag("--wait")


def _settle(declared: Declared, verb: Verb, began: float) -> int:
    """Wait until all links stand, and show them. Of some services alone not all links can."""
    project = declared.project
    if not declared.topology.links:
        return exit_status.DONE
    timeout = (verb.values("--wait-timeout") or [""])[-1]
    seconds = float(timeout) if timeout.isdecimal() else WAIT_TIMEOUT
    wiring = wait_until_settled(
        watched(declared, verb.services()), seconds, steady=verb.flag("--wait")
    )
    show_outcome(project, wiring, time.monotonic() - began)
    whole = wiring.is_whole or bool(verb.services())
    return exit_status.DONE if wiring.settled and whole else exit_status.MISTAKES


def _other(words: Words, options: Options) -> int:
    """What no mistake of ours shall stop: `ps`, `logs`, `exec`, `stop`, `down`, ..."""
    document, sources = load(options)
    if document is None or untouched(sources):
        _become_untouched(words, options, sources)
    project = _project(options, document.project)
    compose = project.compose
    assert compose
    argv = [*Files(words, compose, document).options(), *words.command()]
    if words.verb != "down":
        compose.become(argv)
    status = compose.run(argv)
    if status == 0 and not project.nodes():
        compose.forget()
    return status


def _become_untouched(
    words: Words, options: Options, sources: Mapping[str, str] | None = None
) -> NoReturn:
    """Compose gets what was typed, and the standard input again where it was read."""
    from conlink_compose.document.reader import STDIN

    if sources and STDIN in sources:
        give_again(sources[STDIN].encode())
    _compose(options, "").become([*words.again(), *words.command()])


def _compose(options: Options, name: str) -> Compose:
    compose = _project(options, name).compose
    assert compose
    return compose


def _project(options: Options, name: str) -> Project:
    from conlink_compose.engines import open_project

    return open_project(options.engine, name)
